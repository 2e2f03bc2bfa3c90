"""A compiled function, a backward pass of its own and a hook on a gradient."""

import torch


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return 2 * x * gradient


def halve(gradient):
    half = gradient / 2
    return half


@torch.compile(backend="eager")
def model(x):
    y = Square.apply(x)
    return y


x = torch.ones(3, requires_grad=True)
out = model(x)
out.register_hook(halve)
out.sum().backward()
print("gradient", x.grad.tolist())
