import torch
import torch.nn as nn
import torch.nn.functional as F


class Attention(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.qkv = nn.Linear(width, 3 * width)

    def forward(self, x):
        """Who looks at whom."""
        q, k, v = self.qkv(x).chunk(3, dim=-1)  # stop: forward
        return (q @ k.transpose(-2, -1)).softmax(-1) @ v


class Unused(nn.Module):
    def forward(self, x):
        return x  # never


class Net(nn.Module):
    def __init__(self, width, classes):
        super().__init__()
        self.attention = Attention(width)  # stop: model
        self.head = nn.Linear(width, classes)

    def forward(self, x, targets=None):
        # a comment first
        B, T, C = x.size()  # stop: forward
        logits = self.head(self.attention(x))
        loss = None
        if targets is not None:
            loss = F.cross_entropy(logits.view(B * T, -1), targets.view(-1))  # stop: loss
        return logits, loss
