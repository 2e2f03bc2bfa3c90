# expect: train
# expect: loop-module
import torch

policy = torch.nn.Linear(4, 2)
optimizer = torch.optim.Adam(policy.parameters())
for step in range(10):
    loss = policy(torch.ones(1, 4)).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
