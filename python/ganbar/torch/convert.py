"""Whole models: onto crossbars and back, what lies where, what it cost."""
import copy
import warnings

import torch
from torch import nn

from .. import _core
from .._table import from_rows
from ..hardware import Hardware
from . import layers, ranks
from .cells import drawn_seed, seed_of

_KINDS = {nn.Linear: layers.AnalogLinear, nn.Conv1d: layers.AnalogConv1d, nn.Conv2d: layers.AnalogConv2d, nn.Conv3d: layers.AnalogConv3d,
          nn.ConvTranspose1d: layers.AnalogConvTranspose1d, nn.ConvTranspose2d: layers.AnalogConvTranspose2d, nn.ConvTranspose3d: layers.AnalogConvTranspose3d}


_MEANT = ("left out", "no hardware for it", "is in cells already")  # the user's own choice: nothing to warn of


def _reason(module):
    """Why a layer with a weight of its own stays digital; None: it can live in cells."""
    if isinstance(module, layers.AnalogLayer):
        return "is in cells already"
    if hasattr(module, "parametrizations") or any(type(h).__name__ in ("SpectralNorm", "WeightNorm") for h in module._forward_pre_hooks.values()):
        return "its weight is computed from others (spectral or weight norm)"
    kind = _KINDS.get(type(module))
    if kind is None:
        return "no kind of layer that has cells"
    if getattr(module, "groups", 1) != 1 or any(d != 1 for d in getattr(module, "dilation", ())):
        return "groups or dilation"
    if getattr(module, "padding_mode", "zeros") != "zeros" or isinstance(getattr(module, "padding", 0), str):
        return "padding that is not numbers of zeros"
    return None


def _chosen(model, hardware, only, exclude):
    """Name, module, hardware or None, and why not, of every module with a weight of its own."""
    modules = dict(model.named_modules())
    only, exclude = ((names,) if isinstance(names, str) else names for names in (only, exclude))
    for name in (*(only or ()), *exclude):
        if name not in modules:
            near = _core.nearest(name, [n for n in modules if n])
            raise ValueError(f"the model has no module \"{name}\"" + (f"; did you mean \"{near}\"?" if near else ""))
    for name, module in modules.items():
        if not any(p is not None and p.dim() > 1 for p in module._parameters.values()):
            continue
        why = _reason(module)
        around = [".".join(name.split(".")[:k]) for k in range(1, name.count(".") + 2)]  # what is said of a module is said of all in it
        if any(n in exclude for n in around) or (only is not None and not any(n in only for n in (*around, ""))):
            why = "left out"
        hw = None if why else (hardware(name, module) if callable(hardware) else hardware)
        yield name, module, hw, why or (None if hw is not None else "no hardware for it")


def convert(model, hardware, *, only=None, exclude=(), w_max="auto", seed=None, inplace=False):
    """A copy of the model whose linear and (transposed) convolution layers live on crossbars, all placed together; the rest stays as it is.

    hardware: ganbar.hardware(...), or a function (name, module) -> Hardware or None. only, exclude: paths of modules, each with all in it. w_max: weight of
    a fully on cell, or "auto". seed: of all cells; None: drawn from torch's global generator, so torch.manual_seed decides it and models differ. inplace:
    change the model itself (a model that is one layer cannot be). Frozen parameters stay frozen, hooks stay.
    ValueError for names that the model does not have, and for parameters that two layers share. Warns of layers that have no cells and stay digital.
    """
    if not callable(hardware) and not isinstance(hardware, Hardware):
        raise TypeError(f"hardware is a {type(hardware).__name__}; expected ganbar.hardware(...), or a function (name, module) -> Hardware or None")
    model = model if inplace else copy.deepcopy(model)
    made, digital, owners, seed = [], [], _owners(model), drawn_seed() if seed is None else seed_of(seed, "convert")
    for name, module, hw, why in list(_chosen(model, hardware, only, exclude)):
        if hw is None:
            digital += [f"{name or 'the model'} ({type(module).__name__}: {why})"] if why not in _MEANT else []
            continue
        for part in ("weight", "bias"):
            if others := [n for n in owners.get(id(getattr(module, part)), ()) if n != name]:
                raise ValueError(f"{name} shares its {part} with {others[0]}, and cells belong to one layer; use one module in both places, or leave both digital: exclude=[\"{others[0]}\", \"{name}\"]")
        new = _like(module, hw, w_max, seed, name or "layer")
        made.append(new)
        if not name:
            if inplace:
                raise ValueError("a model that is a single layer cannot be changed in place; use the return value without inplace")
            model = new
            continue
        for path in [p for p, m in model.named_modules(remove_duplicate=False) if m is module]:  # one module in several places stays one
            setattr(model.get_submodule(path.rpartition(".")[0]), path.rpartition(".")[2], new)
    _place_together(made)
    if digital:
        warnings.warn(f"these layers stay digital: {', '.join(digital)}; plan(model, hardware) lists all, exclude=[...] says that it is meant", stacklevel=2)
    return model


def _owners(model):
    """id of a parameter -> the modules that hold it."""
    out = {}
    for name, module in model.named_modules():
        for parameter in module._parameters.values():
            if parameter is not None:
                out.setdefault(id(parameter), []).append(name)
    return out


_HOOKS = ("_forward_hooks", "_forward_hooks_with_kwargs", "_forward_hooks_always_called", "_forward_pre_hooks", "_forward_pre_hooks_with_kwargs", "_backward_hooks", "_backward_pre_hooks")


def _take_over(new, old):
    """Values, what is frozen, hooks and mode of a layer."""
    with torch.no_grad():
        new.weight.copy_(old.weight)
        if old.bias is not None:
            new.bias.copy_(old.bias)
    for mine, theirs in ((new.weight, old.weight), (new.bias, old.bias)):
        if theirs is not None:
            mine.requires_grad_(theirs.requires_grad)
    for name in _HOOKS:
        if hasattr(old, name) and hasattr(new, name):
            setattr(new, name, getattr(old, name))
    new._is_full_backward_hook = old._is_full_backward_hook
    return new.train(old.training)


def _place_together(made):
    by_hardware = {}
    for layer in made:
        by_hardware.setdefault(id(layer.hardware), []).append(layer)
    for group in by_hardware.values():
        shapes, starts = [], []
        for layer in group:
            starts.append(len(shapes))
            shapes += [tuple(m.shape) for m in layer._matrices(layer.weight)]
        for layer, start in zip(group, starts):
            layer._placed = (shapes, start)


def _like(module, hw, w_max, seed, name):
    kind, bias = _KINDS[type(module)], module.bias is not None
    named = {"hardware": hw, "w_max": w_max, "seed": seed, "name": name}
    with torch.random.fork_rng(devices=[]):  # initial values that nobody sees
        if isinstance(module, nn.Linear):
            new = kind(module.in_features, module.out_features, bias, **named)
        else:
            more = {"output_padding": module.output_padding} if hasattr(module, "output_padding") and kind.transposed_form else {}
            new = kind(module.in_channels, module.out_channels, module.kernel_size, stride=module.stride, padding=module.padding, bias=bias, **more, **named)
    return _take_over(new, module)


def plan(model, hardware, *, only=None, exclude=()):
    """What convert() would do: a list of dicts with name, kind, rows, cols, crossbars, and why a layer stays digital. Changes nothing."""
    rows, made = [], []
    for name, module, hw, why in _chosen(model, hardware, only, exclude):
        row = {"name": name, "kind": type(module).__name__, "rows": 0, "cols": 0, "crossbars": 0, "digital": why}
        if hw is not None:
            new = _like(module, hw, "auto", 0, name or "layer")
            matrices = new._matrices(new.weight)
            row["rows"], row["cols"] = sum(m.shape[0] for m in matrices), matrices[0].shape[1]
            row["crossbars"] = _core.Plan(hw._core, [tuple(m.shape) for m in matrices]).n_crossbars * hw._core.planes
            made.append(new)
        rows.append(row)
    return rows


def to_digital(model):
    """A copy of the model in plain torch layers with the weights that the cells show."""
    model = copy.deepcopy(model)

    def plain(layer):
        if layer._store is not None:
            layer._must_show()
        base = next(c for c in type(layer).__mro__ if c.__module__.startswith("torch.nn"))
        with torch.random.fork_rng(devices=[]):
            if isinstance(layer, nn.Linear):
                new = base(layer.in_features, layer.out_features, layer.bias is not None)
            else:
                more = {"output_padding": layer.output_padding} if layer.transposed_form else {}
                new = base(layer.in_channels, layer.out_channels, layer.kernel_size, stride=layer.stride, padding=layer.padding, bias=layer.bias is not None, **more)
        return _take_over(new, layer)

    if isinstance(model, layers.AnalogLayer):
        return plain(model)
    for name, module in list(model.named_modules()):
        if isinstance(module, layers.AnalogLayer):
            parent = model.get_submodule(name.rpartition(".")[0])
            setattr(parent, name.rpartition(".")[2], plain(module))
    return model


def _layers(model):
    return [m for m in model.modules() if isinstance(m, layers.AnalogLayer)]


def refabricate(model, seed):
    """Another chip with the same weights under every layer of the model (Monte Carlo over chips): new cells, new draws. Returns the model."""
    for layer in _layers(model):
        layer.refabricate(seed)
    return model


def rest(model, seconds):
    """This many seconds pass for all cells of the model without a pulse; they drift as their hardware's [nonideal] says. Returns the model."""
    for layer in _layers(model):
        layer.rest(seconds)
    return model


def ledger(*models, all_ranks=False):
    """What the cells of models took: a table with model, layer, mode, phase, component, n, energy_J, busy_s. A pandas DataFrame where pandas is there, else a
    list of dicts. model: its number among the arguments, from 0; layer: its name, or its path where several layers of the model have one name. Random bits
    of Latents in a model are rows of phase "noise". Bills begin with cells: those of a copy or a loaded state are new.

    all_ranks: of all processes of torch.distributed, which must all call: reads of every rank, writes once. Without it a rank's own reads, and rank 0's writes.
    """
    rows = []
    for k, model in enumerate(models):
        names = [layer.name for layer in _layers(model)]
        for path, module in model.named_modules():
            if isinstance(module, layers.AnalogLayer):
                label = module.name if names.count(module.name) == 1 else path
                charges = [(*place.split("/"), charge) for place, charge in module.ledger.items()]
                rows += [{"model": k, "layer": label, "mode": place[0], "phase": place[-2], "component": place[-1], "n": n, "energy_J": energy, "busy_s": busy} for *place, (n, energy, busy) in charges]
            elif isinstance(module, layers.Latents) and module.energy_J > 0:
                rows.append({"model": k, "layer": path or "latents", "mode": "training", "phase": "noise", "component": "bits", "n": module._taken - module._begun, "energy_J": module.energy_J, "busy_s": 0.0})
    if all_ranks and ranks.world() > 1:
        rows = _summed(ranks.gathered(rows))
    return from_rows(rows, ["model", "layer", "mode", "phase", "component", "n", "energy_J", "busy_s"])


def _summed(lists):
    sums = {}
    for row in (r for rows in lists for r in rows):
        key = tuple(row[k] for k in ("model", "layer", "mode", "phase", "component"))
        if key in sums:
            for k in ("n", "energy_J", "busy_s"):
                sums[key][k] += row[k]
        else:
            sums[key] = dict(row)
    return list(sums.values())
