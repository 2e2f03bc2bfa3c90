"""How gradients change parameters: Adam, and a learning rate that rises first and then falls."""

import math

import numpy as np


class Adam:
    """Step along the running mean of the gradients, scaled by how much each of them varies.

    Kingma and Ba, "Adam: A Method for Stochastic Optimization", 2014, algorithm 1.
    """

    def __init__(self, parameters, betas=(0.9, 0.99), eps=1e-8):
        self.parameters = list(parameters)
        self.betas, self.eps, self.count = betas, eps, 0
        self.mean = [np.zeros_like(parameter.value) for parameter in self.parameters]
        self.square = [np.zeros_like(parameter.value) for parameter in self.parameters]

    def zero_grad(self):
        for parameter in self.parameters:
            parameter.grad.fill(0)

    def step(self, learning_rate):
        self.count += 1
        beta1, beta2 = self.betas
        for parameter, mean, square in zip(self.parameters, self.mean, self.square):
            mean *= beta1
            mean += (1 - beta1) * parameter.grad
            square *= beta2
            square += (1 - beta2) * parameter.grad ** 2
            # Both started at zero; dividing by 1 - beta**count takes that bias out.
            unbiased_mean = mean / (1 - beta1 ** self.count)
            unbiased_square = square / (1 - beta2 ** self.count)
            change = learning_rate * unbiased_mean / (np.sqrt(unbiased_square) + self.eps)
            parameter.value -= change


def learning_rate_at(step, config):
    """Warm up in a straight line, then fall along a half cosine to a tenth of the peak."""
    if step < config.warmup_steps:
        return config.learning_rate * step / config.warmup_steps
    progress = (step - config.warmup_steps) / max(1, config.steps - config.warmup_steps)
    return config.learning_rate * (0.1 + 0.45 * (1 + math.cos(math.pi * min(1.0, progress))))
