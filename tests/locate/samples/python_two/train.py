# expect: train
import torch


def fit(net, optimizer):  # expect: loop
    for epoch in range(2):
        loss = net()
        print "loss", loss
        loss.backward()
        optimizer.step()


if __name__ == "__main__":
    fit(None, None)
