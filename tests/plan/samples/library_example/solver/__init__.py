import torch.nn as nn


class Reversed(nn.Module):
    def __init__(self, func):
        super().__init__()
        self.func = func  # never

    def forward(self, t, y):
        return -self.func(-t, y)  # never


class Solver:
    @classmethod
    def valid_callbacks(cls):
        return {"step"}  # never


def first_step(func, t, y):
    f0 = func(t, y)
    f1 = func(t + 0.1, y + 0.1 * f0)  # never
    return f1


def solve(func, y, times):
    names = {"step"} - Solver.valid_callbacks()  # never
    if names or times[0] > times[-1]:
        func = Reversed(func)
    state = y
    for t in times:
        state = state + first_step(func, t, state)
    return state
