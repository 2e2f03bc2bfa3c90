import torch


def train_one_epoch(model, optimizer, loader):  # expect: loop
    for batch in loader:
        loss = model(batch)
        loss.backward()
        optimizer.step()


@torch.no_grad()
def evaluate(model):
    model.eval()
