"""Train a small classifier of sequences."""

import argparse

import torch
from torch.utils.data import DataLoader, Dataset

from model import Net, Unused


class Sequences(Dataset):
    def __len__(self):
        return 64

    def __getitem__(self, index):
        x = torch.randn(8, 16)  # stop: data
        return x, (x.sum(-1) > 0).long()


@torch.no_grad()
def evaluate(net, loader):
    net.eval()  # stop: eval
    right = total = 0
    for x, y in loader:
        logits, _ = net(x)
        accuracy = (logits.argmax(-1) == y).float().mean()  # stop: metrics
        right += accuracy.item()
        total += 1
    net.train()
    return right / total


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=2, help="rounds through the data")
    parser.add_argument("--other", action="store_true")
    parser.add_argument("--resume", default=None)
    args = parser.parse_args()  # stop: config
    loader = DataLoader(Sequences(), batch_size=4, shuffle=True)  # stop: data
    if args.other:
        net = Unused()  # never
    else:
        net = Net(16, 2)  # stop: model
    if args.resume:
        net.load_state_dict(torch.load(args.resume))  # never
    optimizer = torch.optim.AdamW(net.parameters())
    for epoch in range(args.epochs):
        for x, y in loader:  # stop: data
            logits, loss = net(x, y)
            optimizer.zero_grad()
            loss.backward()  # stop: backward
            optimizer.step()  # stop: step
        print(f"epoch {epoch} loss {loss.item():.3f}")  # stop: logging
        evaluate(net, loader)
        torch.save(net.state_dict(), "net.pt")  # stop: checkpoint


if __name__ == "__main__":
    main()  # stop: start
