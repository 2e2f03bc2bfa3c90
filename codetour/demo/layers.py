"""The parts a transformer is made of, each with its forward pass and its backward pass written by hand.

Every `forward` keeps what its `backward` will need. Every `backward` takes the gradient of the loss with
respect to the layer's output, adds to the gradients of the layer's own parameters, and returns the gradient
with respect to the layer's input: the chain rule, one layer at a time.
"""

import math

import numpy as np


class Parameter:
    """An array that is learned, and the gradient of the loss with respect to it."""

    def __init__(self, value):
        self.value = value.astype(np.float32)
        self.grad = np.zeros_like(self.value)


class Module:
    """Something with parameters, its own or those of the modules that it is made of."""

    def named_parameters(self, prefix=""):
        for name, item in vars(self).items():
            if isinstance(item, Parameter):
                yield prefix + name, item
            elif isinstance(item, Module):
                yield from item.named_parameters(prefix + name + ".")
            elif isinstance(item, list):
                for number, part in enumerate(item):
                    yield from part.named_parameters("%s%s.%d." % (prefix, name, number))


class Linear(Module):
    """y = x W + b, for the last axis of x."""

    def __init__(self, n_in, n_out, rng, scale=1.0):
        self.weight = Parameter(rng.normal(0.0, scale / math.sqrt(n_in), size=(n_in, n_out)))
        self.bias = Parameter(np.zeros(n_out))

    def forward(self, x):
        self.x = x
        return x @ self.weight.value + self.bias.value  # (..., n_out)

    def backward(self, dy):
        x = self.x.reshape(-1, self.x.shape[-1])  # (N, n_in): all positions of all sequences
        flat = dy.reshape(-1, dy.shape[-1])  # (N, n_out)
        self.weight.grad += x.T @ flat
        self.bias.grad += flat.sum(axis=0)
        return dy @ self.weight.value.T  # (..., n_in)


class Embedding(Module):
    """A table with one learned vector per number."""

    def __init__(self, n_rows, n_embd, rng):
        self.table = Parameter(rng.normal(0.0, 0.5, size=(n_rows, n_embd)))

    def forward(self, numbers):
        self.numbers = numbers
        return self.table.value[numbers]  # (..., C)

    def backward(self, dy):
        np.add.at(self.table.grad, self.numbers, dy)  # add.at, as a number may occur many times


class LayerNorm(Module):
    """Each vector is brought to mean 0 and variance 1, then scaled and shifted by learned amounts."""

    def __init__(self, n_embd):
        self.scale = Parameter(np.ones(n_embd))
        self.shift = Parameter(np.zeros(n_embd))

    def forward(self, x):
        centred = x - x.mean(axis=-1, keepdims=True)  # (B, T, C)
        self.spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + 1e-5)  # (B, T, 1)
        self.normal = centred / self.spread  # (B, T, C)
        return self.normal * self.scale.value + self.shift.value

    def backward(self, dy):
        self.scale.grad += (dy * self.normal).sum(axis=(0, 1))
        self.shift.grad += dy.sum(axis=(0, 1))
        dnormal = dy * self.scale.value
        along = (dnormal * self.normal).mean(axis=-1, keepdims=True)
        return (dnormal - dnormal.mean(axis=-1, keepdims=True) - self.normal * along) / self.spread


class CausalSelfAttention(Module):
    """Every position asks, every earlier position answers, and the answers are mixed by how well they fit."""

    def __init__(self, n_embd, n_head, block_size, rng):
        self.n_head = n_head
        self.qkv = Linear(n_embd, 3 * n_embd, rng)
        self.project = Linear(n_embd, n_embd, rng, scale=0.5)
        self.may_see = np.tril(np.ones((block_size, block_size), dtype=bool))  # no looking ahead

    def forward(self, x):
        B, T, C = x.shape
        H, hs = self.n_head, C // self.n_head
        parts = self.qkv.forward(x).reshape(B, T, 3, H, hs)
        self.q, self.k, self.v = parts.transpose(2, 0, 3, 1, 4)  # each (B, H, T, hs)
        scores = self.q @ self.k.transpose(0, 1, 3, 2) / math.sqrt(hs)  # (B, H, T, T)
        scores = np.where(self.may_see[:T, :T], scores, np.float32(-1e9))
        self.weights = softmax(scores)  # (B, H, T, T), each row sums to 1
        mixed = self.weights @ self.v  # (B, H, T, hs)
        return self.project.forward(mixed.transpose(0, 2, 1, 3).reshape(B, T, C))

    def backward(self, dy):
        B, T, C = dy.shape
        H, hs = self.n_head, C // self.n_head
        dmixed = self.project.backward(dy).reshape(B, T, H, hs).transpose(0, 2, 1, 3)  # (B, H, T, hs)
        dv = self.weights.transpose(0, 1, 3, 2) @ dmixed
        dweights = dmixed @ self.v.transpose(0, 1, 3, 2)  # (B, H, T, T)
        dscores = self.weights * (dweights - (dweights * self.weights).sum(axis=-1, keepdims=True))
        dscores = dscores / math.sqrt(hs)  # where looking ahead is forbidden, weights are 0 and so is this
        dq = dscores @ self.k
        dk = dscores.transpose(0, 1, 3, 2) @ self.q
        dparts = np.stack([dq, dk, dv]).transpose(1, 3, 0, 2, 4)  # (B, T, 3, H, hs)
        return self.qkv.backward(dparts.reshape(B, T, 3 * C))


class FeedForward(Module):
    """Each position thinks for itself: wider, a bend at zero, and back."""

    def __init__(self, n_embd, rng):
        self.widen = Linear(n_embd, 4 * n_embd, rng)
        self.narrow = Linear(4 * n_embd, n_embd, rng, scale=0.5)

    def forward(self, x):
        self.hidden = np.maximum(self.widen.forward(x), 0)  # (B, T, 4C)
        return self.narrow.forward(self.hidden)  # (B, T, C)

    def backward(self, dy):
        dhidden = self.narrow.backward(dy) * (self.hidden > 0)
        return self.widen.backward(dhidden)


def softmax(scores):
    """Numbers to probabilities along the last axis; the largest is taken off so that exp cannot overflow."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return powers / powers.sum(axis=-1, keepdims=True)
