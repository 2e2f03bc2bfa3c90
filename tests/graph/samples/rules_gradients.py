"""Hooks that run in the backward pass."""
import torch
from torch import nn


def on_gradient(gradient):
    return gradient


def on_module(module, inputs, outputs):
    pass


tensor = torch.zeros(1, requires_grad=True)
tensor.register_hook(on_gradient)
layer = nn.Linear(1, 1)
layer.register_full_backward_hook(on_module)
layer(tensor).sum().backward()  #> rules_gradients.on_gradient rules_gradients.on_module
