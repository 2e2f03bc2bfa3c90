import torch
import torch.nn as nn
from torch.utils.data import DataLoader, TensorDataset

rows = TensorDataset(torch.randn(64, 4), torch.zeros(64, dtype=torch.long))
loader = DataLoader(rows, batch_size=8, shuffle=True)  # stop: data
model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))  # stop: model
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
for epoch in range(3):
    total = 0.0
    for i, (x, y) in enumerate(loader):  # stop: data
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x), y)  # stop: loss
        loss.backward()  # stop: backward
        optimizer.step()  # stop: step
        total += loss.item()
        if (i + 1) % 100 == 0:
            print("loss", loss.item())  # never
    print("epoch", epoch, "loss", total)  # stop: logging
