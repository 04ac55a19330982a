"""The optimizer whose step is voltage pulses."""
import json
import math
import warnings

import torch

from .. import _core
from .._errors import ConfigError, NumericError
from .._places import library
from . import ranks
from .cells import owner_of


def _groups_of(params):
    """As torch's optimizers take them: parameters, pairs of name and parameter, or groups of them."""
    if isinstance(params, torch.Tensor):
        raise TypeError("params is one tensor; expected parameters in a list, as model.parameters() gives them")
    groups = list(params)
    groups = groups if groups and isinstance(groups[0], dict) else [{"params": groups}]
    plain = lambda own: [p[1] if isinstance(p, tuple) else p for p in ([own] if isinstance(own, torch.Tensor) else own)]
    return [{**g, "params": plain(g["params"])} for g in groups]


def _parted(parameters):
    """Those in cells, and the rest."""
    return [p for p in parameters if owner_of(p) is not None], [p for p in parameters if owner_of(p) is None]


def _keys_of(rule):
    return frozenset(p["name"].rpartition(".")[2] for p in json.loads(library().describe("rule", rule))["parameters"])


class Pulses(torch.optim.Optimizer):
    """Turns .grad of weights in cells into pulses; other parameters go to a digital optimizer.

    params: as torch's optimizers take them. rule: "manhattan" with its variants, "mixed_precision", "pulse_train", "tiki_taka", "tiki_taka_v2"
    (ganbar.list("rules")); the last three pulse sample by sample and need an untouched .grad. lr: the rule's rate, so that torch's schedulers work;
    None: 0.01; a warning where the rule has none (manhattan). weight_decay: times the weight, added to its gradient; not for rules that pulse sample by sample. digital: a class or function that makes an optimizer of the remaining parameters;
    None: torch.optim.SGD at the first group's lr, but for groups that bring their own; one of your own is scheduled by itself (`optimizer.digital`). settings: keys of [train.RULE] with their units, for example v_set="0.9 V", for all groups or in one of them; None or left out: the defaults of the rule.

    In processes of torch.distributed every rank pulses its copy of the chip with the averaged gradient of DistributedDataParallel.
    A weight without .grad gets no pulse. NumericError where a gradient is not finite: no cell is touched then.
    """

    def __init__(self, params, rule="manhattan", *, lr=None, digital=None, weight_decay=0.0, **settings):
        self.rule, self._rules, self.last, self._met, self._wants_pairs = rule, {}, {}, False, False
        self._known = _keys_of(rule)
        self.digital, self._make_digital, self._own_rates = None, digital, []
        for key in ("feedback_d", "verify_step_d"):
            if key in settings:
                raise ConfigError(f"{key} is for an experiment's discriminator; here each network has its own Pulses: expected {key[:-2]}")
        _core.Rule(library(), rule, {k: v for k, v in settings.items() if v is not None or k not in self._known})  # a fault of theirs is a fault before all else
        cells, others = [], []
        for g in _groups_of(params):
            analog, rest = _parted(g["params"])
            if analog:
                cells.append({**g, "params": analog})
            if rest:
                others.append({**{k: v for k, v in g.items() if not (analog and k in self._known)}, "params": rest})
        if not cells:
            raise ValueError("no parameter lives in cells; expected those of layers made by ganbar.torch (convert a model first; after layer.weight = ... read or fabricate() once)")
        self._digital_rate = {"lr": 1e-2 if lr is None else lr, "weight_decay": weight_decay}
        super().__init__(cells, {**self._digital_rate, **settings})
        found = self._rule_of(self.param_groups[0])
        if not found.uses_rate and (lr is not None or any("lr" in g for g in cells)):
            warnings.warn(f"rule \"{rule}\" gives every cell the same pulse, whatever the rate: lr and its schedulers reach digital parameters alone; set v_set, v_reset, t_pulse and anneal_rounds for the cells", stacklevel=2)
        for g in others:
            self._add_digital(g)

    def _add_digital(self, group):
        own_rate = "lr" in group
        if self.digital is None:
            self.digital = self._make_digital([group]) if self._make_digital is not None else torch.optim.SGD([group], **self._digital_rate)
        else:
            self.digital.add_param_group(group)
        self._own_rates.append(own_rate)

    def add_param_group(self, group):
        """As torch's optimizers; parameters outside cells go to the digital optimizer."""
        if "_digital_rate" not in self.__dict__:
            raise RuntimeError("Pulses is not made yet")
        analog, rest = _parted(_groups_of([group])[0]["params"])
        if analog:
            mine = {**group, "params": analog}
            for key in mine:
                if key not in self._known and key not in ("params", "lr", "weight_decay", "initial_lr"):
                    _core.Rule(library(), self.rule, {key: mine[key]})  # refuses it, with the nearest name
            rate, decay = (mine.get(k, self._digital_rate[k]) for k in ("lr", "weight_decay"))
            if not (math.isfinite(rate) and rate >= 0 and math.isfinite(decay) and decay >= 0):
                raise ValueError(f"lr = {rate}, weight_decay = {decay}; expected finite numbers from 0")
            found = self._rule_of({**self.defaults, **mine})  # settings are checked now
            self._wants_pairs = found.wants_pairs
            if self._wants_pairs and decay:
                raise ConfigError(f"rule \"{self.rule}\" pulses sample by sample, which leaves no place for weight_decay; expected 0, or rule=\"mixed_precision\"")
            super().add_param_group(mine)
            for p in analog:
                owner_of(p)._wants_pairs = self._wants_pairs
        if rest:
            self._add_digital({**{k: v for k, v in group.items() if k not in self._known}, "params": rest})

    def _rule_of(self, group):
        values = {k: v for k, v in group.items() if k in self._known and v is not None}
        key = repr(sorted(values.items()))
        if key not in self._rules:
            self._rules[key] = _core.Rule(library(), self.rule, values)
        return self._rules[key]

    _CARRIED = ("rule", "last", "_met", "_wants_pairs", "_known", "digital", "_make_digital", "_own_rates", "_digital_rate")

    def __getstate__(self):
        return {**super().__getstate__(), **{k: self.__dict__[k] for k in self._CARRIED}}

    def __setstate__(self, state):
        super().__setstate__(state)
        self._rules = {}

    def zero_grad(self, set_to_none=True):
        super().zero_grad(set_to_none=set_to_none)
        for p in (p for g in self.param_groups for p in g["params"]):
            owner_of(p)._collected()
        if self.digital is not None:
            self.digital.zero_grad(set_to_none=set_to_none)

    @torch.no_grad()
    def step(self, closure=None):
        """One update. What it took is in `last`: pulses set, reset, idle; energy in J; time in s."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        waiting = [(g, p) for g in self.param_groups for p in g["params"] if p.grad is not None]
        for g, p in waiting:  # what is refused is refused before the first pulse
            if not bool(torch.isfinite(p.grad).all()):
                raise NumericError(f"{owner_of(p).name}: its gradient is not finite; no cell was pulsed")
            if not math.isfinite(g["lr"]) or not math.isfinite(g["weight_decay"]):
                raise ValueError(f"lr = {g['lr']}, weight_decay = {g['weight_decay']}; expected finite numbers; no cell was pulsed")
            owner_of(p)._ready()
            self._rule_of(g)
        self._meet()
        pairs = {id(p): self._checked_pairs(owner_of(p), p) for _, p in waiting} if self._wants_pairs else {}
        total = [0, 0, 0, 0.0, 0.0]
        for group, p in waiting:
            layer = owner_of(p)
            store, rule = layer._store, self._rule_of(group)
            store.updates += 1
            for cost in self._pulse(layer, p, rule, store.updates - 1, group, pairs.get(id(p))):
                total = [a + b for a, b in zip(total, cost)]
            layer._show()
        self.last = dict(zip(("n_set", "n_reset", "n_idle", "energy_J", "busy_s"), total))
        if self.digital is not None:
            if self._make_digital is None:
                for g, own in zip(self.digital.param_groups, self._own_rates):
                    if not own:
                        g["lr"] = self.param_groups[0]["lr"]
            self.digital.step()
        return loss

    def _meet(self):
        """Ranks agree before they pulse."""
        if ranks.world() == 1:
            return
        if self._wants_pairs:
            raise RuntimeError(f"rule \"{self.rule}\" pulses sample by sample, and each rank has other samples; expected rule=\"manhattan\" or \"mixed_precision\", which follow the averaged gradient")
        parameters = [p for g in self.param_groups for p in g["params"]]
        layers = [owner_of(p) for p in parameters]
        for layer in layers:
            layer._ready()
        if not self._met:
            ranks.check_chips(layers)
        self._met = True
        ranks.agree(layers, [p.grad for p in parameters])

    def _pulse(self, layer, p, rule, update, group, pairs):
        lr = group["lr"]
        if not self._wants_pairs:
            gradient = p.grad + group["weight_decay"] * p if group["weight_decay"] else p.grad
            return [part.apply(m, rule, update, lr, ranks.rank() == 0) for part, m in zip(layer._store.parts, layer._part_gradients(gradient))]
        if rule.two_arrays:
            layer._store.join(rule)
        layer._pairs = []
        return layer._apply_pairs(*pairs, rule, update, lr)

    def _checked_pairs(self, layer, p):
        """Inputs and errors of all passes, whose products must be .grad."""
        x, dy, shape = self._pairs_of(layer)
        expected = layer._gradient(x, dy, shape)
        if not torch.allclose(expected, p.grad, rtol=1e-3, atol=1e-3 * max(float(p.grad.abs().max()), math.ulp(0.0))):
            raise RuntimeError(f"{layer.name}: .grad is not the sum of its inputs and errors (scaled, clipped or averaged?), which rule \"{self.rule}\" cannot know; expected an untouched .grad")
        return x, dy, shape

    def _pairs_of(self, layer):
        """Inputs and errors of all passes since .grad was empty."""
        if not layer._pairs:
            raise RuntimeError(f"{layer.name}: its .grad came from elsewhere than a backward pass through it after Pulses was made, and rule \"{self.rule}\" needs inputs and errors; expected loss.backward() before step()")
        x, dy = (torch.cat([pair[k] for pair in layer._pairs]).contiguous().numpy() for k in (0, 1))
        shape = layer._pairs[0][2]
        if shape is not None:
            if any(pair[2][0] is not shape[0] for pair in layer._pairs):
                raise RuntimeError(f"{layer.name}: maps of different sizes before one step; rule \"{self.rule}\" expects one size")
            shape = (shape[0], sum(pair[2][1] for pair in layer._pairs), *shape[2:])
        return x, dy, shape

    def state_dict(self):
        out = super().state_dict()
        out["digital"] = self.digital.state_dict() if self.digital is not None else None
        return out

    def load_state_dict(self, state_dict):
        state = dict(state_dict)
        digital = state.pop("digital", None)
        super().load_state_dict(state)
        if digital is not None and self.digital is not None:
            self.digital.load_state_dict(digital)
