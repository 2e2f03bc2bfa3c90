"""A program on Lightning; its calls were recorded when it ran on the real library, and the marks say the same."""
import torch, lightning as L
from torch import nn
from torch.utils.data import DataLoader, Dataset
from lightning.pytorch.callbacks import Callback, EarlyStopping, ModelCheckpoint
from torchmetrics import Metric


class Toy(Dataset):
    def __init__(self, n, transform=None):
        self.n = n
        self.transform = transform

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        x = torch.ones(4) * i
        return self.transform(x) if self.transform else x, torch.tensor(i % 2)  #> recorded_lightning.Jitter.__call__


class Jitter:
    def __call__(self, x):
        return x + 0.1


class Data(L.LightningDataModule):
    def __init__(self, bs=4):
        super().__init__()
        self.bs = bs

    def prepare_data(self):
        self._fetch()  #> recorded_lightning.Data._fetch

    def _fetch(self):
        pass

    def setup(self, stage):
        self.a = self._make(16)  #> recorded_lightning.Data._make
        self.b = self._make(8)  #> recorded_lightning.Data._make

    def _make(self, n):
        return Toy(n, Jitter())  #> recorded_lightning.Toy.__init__

    def train_dataloader(self):
        return DataLoader(self.a, batch_size=self.bs, collate_fn=self.collate)

    def val_dataloader(self):
        return DataLoader(self.b, batch_size=self.bs)

    def test_dataloader(self):
        return [DataLoader(self.b, batch_size=self.bs)]

    def predict_dataloader(self):
        return DataLoader(self.b, batch_size=self.bs)

    def collate(self, items):
        xs, ys = zip(*items)
        return torch.stack(xs), torch.stack(ys)

    def teardown(self, stage):
        pass

    def on_after_batch_transfer(self, batch, i):
        return batch


class Hits(Metric):
    def __init__(self):
        super().__init__()
        self.add_state("n", default=torch.tensor(0), dist_reduce_fx="sum")

    def update(self, p, y):
        self.n += (p.argmax(1) == y).sum()

    def compute(self):
        return self.n.float()


class Body(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(d, d), Gate(), nn.Linear(d, 2))

    def forward(self, x):
        return self.layers(x)  #> recorded_lightning.Gate.forward


class Gate(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(x)


class Lit(L.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = Body(4)  #> recorded_lightning.Body.__init__
        self.hits = Hits()  #> recorded_lightning.Hits.__init__
        self.lossfn = nn.CrossEntropyLoss()

    def forward(self, x):
        return self.net(x)  #> recorded_lightning.Body.forward

    def _step(self, batch):
        x, y = batch
        out = self(x)  #> recorded_lightning.Lit.forward
        return self.lossfn(out, y), out, y

    def training_step(self, batch, i):
        loss, out, y = self._step(batch)  #> recorded_lightning.Lit._step
        self.log("train", loss)
        return loss

    def validation_step(self, batch, i):
        loss, out, y = self._step(batch)  #> recorded_lightning.Lit._step
        self.hits(out, y)  #> recorded_lightning.Hits.compute recorded_lightning.Hits.update
        self.log("val", self.hits)
        self.log("vloss", loss)

    def test_step(self, batch, i):
        self._step(batch)  #> recorded_lightning.Lit._step

    def predict_step(self, batch, i):
        return self(batch[0])  #> recorded_lightning.Lit.forward

    def configure_optimizers(self):
        opt = torch.optim.Adam(self.groups(), lr=1e-3)  #> recorded_lightning.Lit.groups
        return {
            "optimizer": opt,
            "lr_scheduler": {
                "scheduler": torch.optim.lr_scheduler.LambdaLR(opt, self.warm),  #> recorded_lightning.Lit.warm
                "interval": "step",
            },
        }

    def groups(self):
        return self.parameters()

    def warm(self, step):
        return min(1.0, step / 10)

    def on_train_start(self):
        pass

    def on_train_epoch_end(self):
        pass

    def on_validation_epoch_end(self):
        self.tidy()  #> recorded_lightning.Lit.tidy

    def tidy(self):
        pass

    def on_before_optimizer_step(self, opt):
        pass

    def lr_scheduler_step(self, scheduler, metric):
        scheduler.step()  #> recorded_lightning.Lit.warm

    def configure_callbacks(self):
        return [Say("inner")]  #> recorded_lightning.Say.__init__

    def on_save_checkpoint(self, ck):
        pass

    def setup(self, stage):
        pass


class Say(Callback):
    def __init__(self, w):
        self.w = w

    def on_train_batch_end(self, trainer, m, out, batch, i):
        self.tell(i)  #> recorded_lightning.Say.tell

    def tell(self, i):
        pass

    def on_fit_end(self, trainer, m):
        pass

    def on_validation_end(self, trainer, m):
        pass

    def state_dict(self):
        return {}


def main():
    L.seed_everything(1)
    dm = Data()  #> recorded_lightning.Data.__init__
    model = Lit()  #> recorded_lightning.Lit.__init__
    cbs = [Say("a"), EarlyStopping("vloss"), ModelCheckpoint("ck", monitor="vloss")]  #> recorded_lightning.Say.__init__
    trainer = L.Trainer(
        max_epochs=1, callbacks=cbs, accelerator="cpu", logger=False, enable_progress_bar=False
    )
    trainer.fit(model, datamodule=dm)  #> recorded_lightning.Data.collate recorded_lightning.Data.on_after_batch_transfer recorded_lightning.Data.prepare_data recorded_lightning.Data.setup recorded_lightning.Data.teardown recorded_lightning.Data.train_dataloader recorded_lightning.Data.val_dataloader recorded_lightning.Hits.compute recorded_lightning.Lit.configure_callbacks recorded_lightning.Lit.configure_optimizers recorded_lightning.Lit.lr_scheduler_step recorded_lightning.Lit.on_before_optimizer_step recorded_lightning.Lit.on_save_checkpoint recorded_lightning.Lit.on_train_epoch_end recorded_lightning.Lit.on_train_start recorded_lightning.Lit.on_validation_epoch_end recorded_lightning.Lit.setup recorded_lightning.Lit.test_step recorded_lightning.Lit.training_step recorded_lightning.Lit.validation_step recorded_lightning.Say.on_fit_end recorded_lightning.Say.on_train_batch_end recorded_lightning.Say.on_validation_end recorded_lightning.Say.state_dict recorded_lightning.Toy.__getitem__ recorded_lightning.Toy.__len__
    trainer.test(model, datamodule=dm)  #> recorded_lightning.Data.on_after_batch_transfer recorded_lightning.Data.prepare_data recorded_lightning.Data.setup recorded_lightning.Data.teardown recorded_lightning.Data.test_dataloader recorded_lightning.Hits.compute recorded_lightning.Lit.configure_callbacks recorded_lightning.Lit.setup recorded_lightning.Lit.test_step recorded_lightning.Toy.__getitem__ recorded_lightning.Toy.__len__
    trainer.predict(model, datamodule=dm)  #> recorded_lightning.Data.on_after_batch_transfer recorded_lightning.Data.predict_dataloader recorded_lightning.Data.prepare_data recorded_lightning.Data.setup recorded_lightning.Hits.compute recorded_lightning.Lit.configure_callbacks recorded_lightning.Lit.predict_step recorded_lightning.Lit.setup recorded_lightning.Lit.test_step recorded_lightning.Toy.__getitem__ recorded_lightning.Toy.__len__


if __name__ == "__main__":
    main()  #> recorded_lightning.main
