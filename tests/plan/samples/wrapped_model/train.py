import torch
import torch.nn as nn
from torch.utils.data import DataLoader
from torchvision.datasets import MNIST


class Guess(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x):
        return self.conv(x)


class Noiser(nn.Module):
    def __init__(self, inner, steps):
        super().__init__()
        self.inner = inner  # stop: model
        self.steps = steps
        self.judge = nn.MSELoss()

    def forward(self, x):
        noise = torch.randn_like(x)  # stop: forward
        return self.judge(noise, self.inner(x + noise))

    def sample(self, count):
        return self.inner(torch.randn(count, 1, 28, 28))


def train(epochs=2, device="cpu"):
    noiser = Noiser(inner=Guess(1), steps=10)  # stop: model
    noiser.to(device)
    loader = DataLoader(MNIST("data"), batch_size=8, shuffle=True)  # stop: data
    optim = torch.optim.Adam(noiser.parameters())
    for epoch in range(epochs):
        noiser.train()
        for x, _ in loader:  # stop: data
            optim.zero_grad()
            loss = noiser(x)
            loss.backward()  # stop: backward
            optim.step()  # stop: step
        noiser.eval()  # stop: eval
        with torch.no_grad():
            noiser.sample(4)


if __name__ == "__main__":
    train()
