"""Reads of a layer's cells as functions that torch differentiates: forward, backward, the gradient of the weight."""
import torch


def _array(t):
    return t.detach().numpy()


class Read(torch.autograd.Function):
    """y = x W through the cells."""

    @staticmethod
    def forward(ctx, x, weight, layer, shape):
        ctx.layer, ctx.shape, ctx.call, ctx.training = layer, shape, layer._next_call(), layer.training
        ctx.save_for_backward(x, weight)
        return torch.from_numpy(layer._forward_rows(_array(x), shape, ctx.call, ctx.training))

    @staticmethod
    def backward(ctx, dy):
        x, weight = ctx.saved_tensors
        dx = dw = None
        if ctx.needs_input_grad[0]:
            dx = _Error.apply(dy, weight, ctx.layer, ctx.shape, ctx.call, ctx.training)
        if ctx.needs_input_grad[1]:
            dw = _Outer.apply(x, dy, ctx.layer, ctx.shape)
            ctx.layer._remember(x, dy, ctx.shape)
        return dx, dw, None, None


class _Error(torch.autograd.Function):
    """dx = dy W^T through the same cells; its own derivative is one more read and one more outer product (gradient penalties)."""

    @staticmethod
    def forward(ctx, dy, weight, layer, shape, call, training):
        ctx.layer, ctx.shape, ctx.training = layer, shape, training
        ctx.save_for_backward(dy, weight)
        return torch.from_numpy(layer._backward_rows(_array(dy), shape, call, training))

    @staticmethod
    def backward(ctx, ddx):
        dy, weight = ctx.saved_tensors
        d_dy = dw = None
        if ctx.needs_input_grad[0]:
            d_dy = Read.apply(ddx, weight, ctx.layer, ctx.shape)
        if ctx.needs_input_grad[1]:
            dw = _Outer.apply(ddx, dy, ctx.layer, ctx.shape)
        return d_dy, dw, None, None, None, None


class _Outer(torch.autograd.Function):
    """The gradient of the weight in torch's layout."""

    @staticmethod
    def forward(ctx, x, dy, layer, shape):
        ctx.name = layer.name
        return layer._gradient(_array(x), _array(dy), shape)

    @staticmethod
    def backward(ctx, g):
        raise NotImplementedError(f"{ctx.name}: the gradient of a weight's gradient is not simulated; gradient penalties on inputs are")
