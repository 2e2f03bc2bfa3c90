"""A data loader with two workers: `torch_loader.py fork|spawn`."""

import sys

import torch
from torch.utils.data import DataLoader, Dataset


class Squares(Dataset):
    def __len__(self):
        return 16

    def __getitem__(self, index):
        sample = torch.full((4,), float(index))
        return sample


def main():
    loader = DataLoader(Squares(), 4, num_workers=2, multiprocessing_context=sys.argv[1], persistent_workers=True)
    print("length", len(loader))
    for epoch in range(2):
        for batch in loader:
            total = batch.sum().item()
            print("batch", epoch, total)
    end = True
    return end


if __name__ == "__main__":
    main()
