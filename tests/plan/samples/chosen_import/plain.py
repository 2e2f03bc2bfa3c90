import torch


def build_dataset(args):
    rows = torch.randn(8, 4)  # stop: data
    return [(rows, torch.zeros(8, dtype=torch.long))]
