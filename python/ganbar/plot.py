"""Figures on matplotlib, which is imported when the first is drawn. Each takes `ax` and returns it."""
from ._errors import ConfigError


def _axes(ax):
    if ax is not None:
        return ax
    try:
        import matplotlib.pyplot as plt
    except ImportError as fault:
        raise ConfigError("figures need matplotlib; expected it installed (pip install matplotlib)") from fault
    return plt.subplots()[1]


def operating_point(point, *, ax=None):
    """The voltage that every cell is left with, as a map."""
    ax = _axes(ax)
    ax.figure.colorbar(ax.imshow(point.v_cell), ax=ax, label="cell voltage (V)")
    ax.set_xlabel("bit line")
    ax.set_ylabel("word line")
    return ax


def cells(array, *, ax=None):
    """A histogram of conductances."""
    ax = _axes(ax)
    ax.hist(array.g * 1e6, bins=50)
    ax.set_xlabel("conductance (uS)")
    ax.set_ylabel("cells")
    return ax


def metrics(run, *, ax=None):
    """Losses of a run by round."""
    ax = _axes(ax)
    rows = run.metrics
    for name in ("loss_d", "loss_g"):
        ax.plot(rows["round"], rows[name], label=name)
    ax.set_xlabel("round")
    ax.legend()
    return ax
