"""PyTorch: what runs behind a call, one rule after another."""
import torch
from torch import nn, optim
from torch.nn.parallel import DistributedDataParallel as DDP
from torch.utils.data import BatchSampler, DataLoader, Dataset, IterableDataset, Sampler


class Block(nn.Module):
    def forward(self, x):
        return x


class Head(nn.Module):
    def __init__(self):
        super().__init__()
        self.apply(self.init)  #> rules_torch.Head.init

    def init(self, module):
        pass

    def forward(self, x):
        return x


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(Block(), Block())
        self.heads = nn.ModuleList([Head() for _ in range(2)])  #> rules_torch.Head.__init__
        self.named = nn.ModuleDict({"a": Block()})
        self.add_module("extra", Block())

    def forward(self, x):
        x = self.body(x)  #> rules_torch.Block.forward
        for head in self.heads:
            x = head(x)  #> rules_torch.Head.forward
        x = self.named["a"](x)  #> rules_torch.Block.forward
        return self.extra(x)  #> rules_torch.Block.forward


net = Net()  #> rules_torch.Net.__init__
net(torch.zeros(1))  #> rules_torch.Net.forward


def before(module, args):
    pass


def after(module, args, output):
    pass


hooked = Block()
hooked.register_forward_pre_hook(before)
hooked.register_forward_hook(after)
hooked(1)  #> rules_torch.Block.forward rules_torch.before rules_torch.after


class Double(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x

    @staticmethod
    def backward(ctx, gradient):
        return gradient


doubled = Double.apply(torch.zeros(1))  #> rules_torch.Double.forward
doubled.backward()  #> rules_torch.Double.backward


class Numbers(Dataset):
    def __len__(self):
        return 1

    def __getitem__(self, index):
        return index


class Stream(IterableDataset):
    def __iter__(self):
        yield 1


class Order(Sampler):
    def __iter__(self):
        return iter([0])

    def __len__(self):
        return 1


class Groups(BatchSampler):
    def __iter__(self):
        yield [0]


def collate(items):
    return items


def seed_worker(number):
    pass


loader = DataLoader(Numbers(), collate_fn=collate, worker_init_fn=seed_worker)
for batch in loader:  #> rules_torch.Numbers.__len__ rules_torch.Numbers.__getitem__ rules_torch.collate rules_torch.seed_worker
    pass
for batch in DataLoader(Stream()):  #> rules_torch.Stream.__iter__
    pass
for batch in DataLoader(Numbers(), sampler=Order()):  #> rules_torch.Numbers.__getitem__ rules_torch.Order.__iter__
    pass
for batch in DataLoader(Numbers(), batch_sampler=Groups(None, 1, False)):  #> rules_torch.Numbers.__getitem__ rules_torch.Groups.__iter__
    pass


def closure():
    return 1


optimizer = optim.LBFGS(net.parameters())
optimizer.step(closure)  #> rules_torch.closure


def factor(epoch):
    return 1.0


class Warmup(optim.lr_scheduler.LRScheduler):
    def get_lr(self):
        return [1.0]


schedule = optim.lr_scheduler.LambdaLR(optimizer, factor)  #> rules_torch.factor
schedule.step()  #> rules_torch.factor
warm = Warmup(optimizer)  #> rules_torch.Warmup.get_lr
warm.step()  #> rules_torch.Warmup.get_lr


class Descent(optim.Optimizer):
    def step(self, closure=None):
        pass


Descent(net.parameters(), {}).step()  #> rules_torch.Descent.step
DDP(Block())(1)  #> rules_torch.Block.forward
nn.DataParallel(Block())(1)  #> rules_torch.Block.forward
torch.compile(Block())(1)  #> rules_torch.Block.forward


@torch.compile
def compiled(x):
    return Block()(x)  #> rules_torch.Block.forward


compiled(1)  #> rules_torch.compiled
