import torch
import torch.nn as nn

from solver import solve

X_RANGE = 3


class Slope(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 2))  # stop: model

    def forward(self, t, y):
        return self.net(y)  # stop: forward


def get_batch():
    return torch.randn(4, 2), torch.linspace(0, 1, 5), torch.randn(4, 2)


slope = Slope()  # stop: model
optimizer = torch.optim.Adam(slope.parameters(), lr=1e-3)
for step in range(10):
    optimizer.zero_grad()
    y0, times, y = get_batch()  # stop: data
    pred = solve(slope, y0, times)
    loss = torch.mean(torch.abs(pred - y))  # stop: loss
    loss.backward()  # stop: backward
    optimizer.step()  # stop: step
    print(step, loss.item())
