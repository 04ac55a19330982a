"""What notebooks show of a run: its newest picture, its losses, four numbers."""
import base64
import html


def _line(values, width=160, height=32):
    values = [float(v) for v in values][-400:]
    if len(values) < 2:
        return ""
    lo, hi = min(values), max(values)
    points = " ".join(f"{k * width / (len(values) - 1):.1f},{height - (v - lo) / ((hi - lo) or 1) * height:.1f}" for k, v in enumerate(values))
    return f'<svg width="{width}" height="{height}"><polyline points="{points}" fill="none" stroke="currentColor"/></svg>'


def run(one):
    parts = [f"<p>{html.escape(repr(one))}</p>"]
    pictures = sorted((one.folder / "samples").glob("*.png"))
    if pictures:
        parts.append(f'<img src="data:image/png;base64,{base64.b64encode(pictures[-1].read_bytes()).decode()}"/>')
    metrics = one.metrics
    if len(metrics):
        parts += [f"<div>{name} {_line(metrics[name])}</div>" for name in ("loss_d", "loss_g")]
    if (one.folder / "summary.json").exists():
        said = one.summary
        keys = ("classifier_accuracy", "frechet_distance", "coverage", "update_energy_J")
        parts.append("<p>" + ", ".join(f"{k} {said[k]:.4g}" for k in keys if isinstance(said.get(k), (int, float))) + "</p>")
    return "".join(parts)
