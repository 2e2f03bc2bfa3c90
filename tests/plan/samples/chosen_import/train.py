import argparse

import torch
import torch.nn as nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.line = nn.Linear(4, 2)  # stop: model

    def forward(self, x):
        return self.line(x)  # stop: forward


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="plain")
    args = parser.parse_args()  # stop: config
    if args.model == "fast":
        from fast import build_dataset
    else:
        from plain import build_dataset
    data = build_dataset(args)
    net = Net()  # stop: model
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for x, y in data:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(x), y)  # stop: loss
        loss.backward()  # stop: backward
        optimizer.step()  # stop: step
