"""The optimizer whose step is voltage pulses."""
import math

import torch

from .. import _core
from .._errors import ConfigError, NumericError
from .._places import library
from . import ranks
from .cells import owner_of


class Pulses(torch.optim.Optimizer):
    """Turns .grad of weights in cells into pulses; other parameters go to a digital optimizer.

    params: as torch's optimizers take them. rule: "manhattan" with its variants, "mixed_precision", "pulse_train", "tiki_taka", "tiki_taka_v2"
    (ganbar.list("rules")); the last three pulse sample by sample and need an untouched .grad. lr: the rule's rate, so that torch's schedulers work;
    None: 0.01. weight_decay: times the weight, added to its gradient; not for rules that pulse sample by sample. digital: a class or function that makes an optimizer of the remaining parameters;
    None: torch.optim.SGD whose rate is the first group's lr; one of your own is scheduled by itself (`optimizer.digital`). settings: keys of [train.RULE] with their units, for example v_set="0.9 V"; None or left out: the defaults of the rule.

    In processes of torch.distributed every rank pulses its copy of the chip with the averaged gradient of DistributedDataParallel.
    A weight without .grad gets no pulse. NumericError where a gradient is not finite: no cell is touched then.
    """

    def __init__(self, params, rule="manhattan", *, lr=None, digital=None, weight_decay=0.0, **settings):
        groups = list(params)
        groups = groups if groups and isinstance(groups[0], dict) else [{"params": groups}]
        cells, others = [], []
        for g in groups:
            own = list(g["params"])
            analog = [p for p in own if owner_of(p) is not None]
            if analog:
                cells.append({**g, "params": analog})
            if rest := [p for p in own if owner_of(p) is None]:
                others.append({**{k: v for k, v in g.items() if k not in settings}, "params": rest})
        if not cells:
            raise ValueError("no parameter lives in cells; expected those of layers made by ganbar.torch (convert a model first)")
        for key in ("feedback_d", "verify_step_d"):
            if key in settings:
                raise ConfigError(f"{key} is for an experiment's discriminator; here each network has its own Pulses: expected {key[:-2]}")
        rate = 1e-2 if lr is None else lr
        super().__init__(cells, {"lr": rate, "weight_decay": weight_decay, **settings})
        self.rule, self.keys = rule, tuple(settings)
        self._rules, self.last, self._met = {}, {}, False
        for g in self.param_groups:
            found = self._rule_of(g)  # settings are checked now
            self._wants_pairs = found.wants_pairs
            if self._wants_pairs and g["weight_decay"]:
                raise ConfigError(f"rule \"{rule}\" pulses sample by sample, which leaves no place for weight_decay; expected 0, or rule=\"mixed_precision\"")
            for p in g["params"]:
                owner_of(p)._wants_pairs = self._wants_pairs
        self.digital, self._follows = None, digital is None
        if others:
            self.digital = digital(others) if digital is not None else torch.optim.SGD(others, lr=rate, weight_decay=weight_decay)

    def _rule_of(self, group):
        values = {k: group[k] for k in self.keys if group[k] is not None}
        key = repr(sorted(values.items()))
        if key not in self._rules:
            self._rules[key] = _core.Rule(library(), self.rule, values)
        return self._rules[key]

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
        for _, p in waiting:
            if not bool(torch.isfinite(p.grad).all()):
                raise NumericError(f"{owner_of(p).name}: its gradient is not finite; no cell was pulsed")
        self._meet()
        total = [0, 0, 0, 0.0, 0.0]
        for group, p in waiting:
            layer = owner_of(p)
            layer._ready()
            store, rule = layer._store, self._rule_of(group)
            store.updates += 1
            for cost in self._pulse(layer, p, rule, store.updates - 1, group):
                total = [a + b for a, b in zip(total, cost)]
            layer._show()
        self.last = dict(zip(("n_set", "n_reset", "n_idle", "energy_J", "busy_s"), total))
        if self.digital is not None:
            if self._follows:
                for g in self.digital.param_groups:
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

    def _pulse(self, layer, p, rule, update, group):
        lr = group["lr"]
        if not self._wants_pairs:
            gradient = p.grad + group["weight_decay"] * p if group["weight_decay"] else p.grad
            return [part.apply(m, rule, update, lr, ranks.rank() == 0) for part, m in zip(layer._store.parts, layer._part_gradients(gradient))]
        if rule.two_arrays:
            layer._store.join(rule)
        x, dy, shape = self._pairs_of(layer)
        expected = layer._gradient(x, dy, shape)
        if not torch.allclose(expected, p.grad, rtol=1e-3, atol=1e-3 * max(float(p.grad.abs().max()), math.ulp(0.0))):
            raise RuntimeError(f"{layer.name}: .grad is not the sum of its inputs and errors (scaled, clipped or averaged?), which rule \"{self.rule}\" cannot know; expected an untouched .grad")
        layer._pairs = []
        return layer._apply_pairs(x, dy, shape, rule, update, lr)

    def _pairs_of(self, layer):
        """Inputs and errors of all passes since .grad was empty."""
        if not layer._pairs:
            raise RuntimeError(f"{layer.name}: its .grad came from elsewhere than a backward pass through it after Pulses was made, and rule \"{self.rule}\" needs inputs and errors; expected loss.backward() before step()")
        x, dy = (torch.cat([pair[k] for pair in layer._pairs]).contiguous().numpy() for k in (0, 1))
        shape = layer._pairs[0][2]
        if shape is not None:
            if any(pair[2][0] is not shape[0] for pair in layer._pairs):
                raise RuntimeError(f"{layer.name}: maps of different sizes before one step; rule \"{self.rule}\" expects one size")
            shape = (shape[0], sum(pair[2][1] for pair in layer._pairs))
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
