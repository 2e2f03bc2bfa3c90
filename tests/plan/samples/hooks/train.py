import lightning as L
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Digits(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 2)  # stop: model

    def forward(self, x):
        flat = x.view(x.size(0), -1)  # stop: forward
        return self.layer(flat)

    def training_step(self, batch, index):
        x, y = batch
        loss = F.cross_entropy(self(x), y)
        self.log("train/loss", loss)  # stop: logging
        return loss  # stop: backward

    def validation_step(self, batch, index):
        x, y = batch  # stop: eval
        self.log("val/loss", F.cross_entropy(self(x), y))

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters())


def main():
    data = TensorDataset(torch.randn(32, 4), torch.zeros(32).long())
    loader = DataLoader(data, batch_size=8)  # stop: data
    module = Digits()  # stop: model
    trainer = L.Trainer(max_epochs=1)
    trainer.fit(module, loader, loader)  # stop: step


if __name__ == "__main__":
    main()  # stop: start
