"""A program on PyTorch and Accelerate; its calls were recorded when it ran on the real library, and the marks say the same."""
import torch, math, functools, argparse
from torch import nn, optim
import torch.nn.functional as F
from torch.utils.data import DataLoader, Dataset, Sampler, random_split, Subset, ConcatDataset
from torchvision import transforms
from accelerate import Accelerator
import logging

log = logging.getLogger(__name__)

REG = {}


def register(name):
    def deco(c):
        REG[name] = c
        return c

    return deco


class Tx:
    def __init__(self, s):
        self.s = s

    def __call__(self, x):
        return x * self.s


class Ds(Dataset):
    def __init__(self, tf):
        self.tf = tf

    def __len__(self):
        return 12

    def __getitem__(self, i):
        return self.tf(self.load(i)), i % 3  #> recorded_torch.Ds.load recorded_torch.Tx.__call__ recorded_torch.shift

    def load(self, i):
        return torch.full((3,), float(i))


class Rev(Sampler):
    def __init__(self, d):
        self.d = d

    def __iter__(self):
        return iter(range(len(self.d) - 1, -1, -1))

    def __len__(self):
        return len(self.d)


class STE(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x.sign()

    @staticmethod
    def backward(ctx, g):
        return clamp(g)  #> recorded_torch.clamp


def clamp(g):
    return g.clamp(-1, 1)


class Res(nn.Module):
    def __init__(self, f):
        super().__init__()
        self.f = f

    def forward(self, x):
        return x + self.f(x)  #> recorded_torch.Bin.forward


@register("mlp")  #> recorded_torch.register recorded_torch.register.deco
class Mlp(nn.Module):
    def __init__(self, d=3, act=nn.ReLU, norm=None):
        super().__init__()
        self.blocks = nn.ModuleList(Res(self.make(d, act)) for _ in range(2))  #> recorded_torch.Mlp.make recorded_torch.Res.__init__
        self.heads = nn.ModuleDict({"cls": nn.Linear(d, 3), "aux": Aux(d)})  #> recorded_torch.Aux.__init__
        self.apply(self._init)  #> recorded_torch.Mlp._init
        self.register_forward_hook(self.hook)
        self.level = {"a": self.up, "b": self.down}

    def make(self, d, act):
        return nn.Sequential(nn.Linear(d, d), act(), Bin())

    def _init(self, m):
        if isinstance(m, nn.Linear):
            trunc(m.weight)  #> recorded_torch.trunc

    def hook(self, m, i, o):
        pass

    def up(self, x):
        return x

    def down(self, x):
        return x

    def forward(self, x):
        for b in self.blocks:
            x = b(x)  #> recorded_torch.Res.forward
        x = self.level["a"](x)  #> recorded_torch.Mlp.up
        return {k: h(x) for k, h in self.heads.items()}  #> recorded_torch.Aux.forward

    @property
    def size(self):
        return sum(p.numel() for p in self.parameters())

    @torch.no_grad()
    def probe(self, x):
        return self(x)  #> recorded_torch.Mlp.forward recorded_torch.Mlp.hook


class Aux(nn.Module):
    def __init__(self, d):
        super().__init__()
        self.l = nn.Linear(d, 1)

    def forward(self, x):
        return self.l(x)


class Bin(nn.Module):
    def forward(self, x):
        return STE.apply(x)  #> recorded_torch.STE.forward


def trunc(w):
    nn.init.trunc_normal_(w)


class Loss(nn.Module):
    def __init__(self, parts):
        super().__init__()
        self.parts = parts

    def forward(self, out, y):
        return sum(w * fn(out, y) for fn, w in self.parts)  #> recorded_torch.ce recorded_torch.reg


def ce(o, y):
    return F.cross_entropy(o["cls"], y)


def reg(o, y):
    return o["aux"].pow(2).mean()


class EMA:
    def __init__(self, m):
        self.m = m
        self.s = {}

    def update(self):
        self._walk(lambda k, p: self.s.__setitem__(k, p.detach()))  #> recorded_torch.EMA._walk

    def _walk(self, fn):
        for k, p in self.m.named_parameters():
            fn(k, p)  #> recorded_torch.EMA.update.<lambda1>

    def __enter__(self):
        return self

    def __exit__(self, *a):
        self.update()  #> recorded_torch.EMA.update


class Cos(optim.lr_scheduler.LRScheduler):
    def get_lr(self):
        return [b * self.f() for b in self.base_lrs]  #> recorded_torch.Cos.f

    def f(self):
        return 0.5


class Meter:
    def __init__(self):
        self.v = []

    def add(self, x):
        self.v.append(x)
        return self

    def __len__(self):
        return len(self.v)

    def __str__(self):
        return f"{self.avg:.3f}"  #> recorded_torch.Meter.avg

    @property
    def avg(self):
        return sum(self.v) / max(1, len(self))  #> recorded_torch.Meter.__len__

    def __iadd__(self, x):
        return self.add(x)  #> recorded_torch.Meter.add


def collate(items):
    return torch.stack([a for a, _ in items]), torch.tensor([b for _, b in items])


def build(name, **kw):
    return REG[name](**kw)  #> recorded_torch.Mlp.__init__


def loaders(args):
    tf = transforms.Compose([Tx(2), transforms.Lambda(shift)])  #> recorded_torch.Tx.__init__
    d = Ds(tf)  #> recorded_torch.Ds.__init__
    a, b = random_split(d, [8, 4])  #> recorded_torch.Ds.__len__
    return DataLoader(a, 4, sampler=Rev(a), collate_fn=collate), DataLoader(  #> recorded_torch.Rev.__init__
        ConcatDataset([b, Subset(d, [0])]), 4, collate_fn=functools.partial(collate2, k=1)
    )


def shift(x):
    return x + 1


def collate2(items, k):
    return collate(items)  #> recorded_torch.collate


def evaluate(model, dl, crit):
    model.eval()
    m = Meter()  #> recorded_torch.Meter.__init__
    with torch.no_grad():
        for x, y in dl:  #> recorded_torch.Ds.__getitem__ recorded_torch.collate2
            m += crit(model(x), y).item()  #> recorded_torch.Loss.forward recorded_torch.Meter.__iadd__ recorded_torch.Mlp.forward recorded_torch.Mlp.hook
    return m


def warm(step, n=2):
    return min(1, step / n)


def train(args):
    acc = Accelerator(cpu=True)
    tl, vl = loaders(args)  #> recorded_torch.loaders
    model = build(args.model, act=nn.GELU)  #> recorded_torch.build
    opt = optim.SGD(model.parameters(), lr=0.1)
    s1 = optim.lr_scheduler.LambdaLR(opt, functools.partial(warm, n=3))  #> recorded_torch.warm
    s2 = Cos(opt)  #> recorded_torch.Cos.get_lr
    model, opt, tl = acc.prepare(model, opt, tl)
    crit = Loss([(ce, 1.0), (reg, 0.1)])  #> recorded_torch.Loss.__init__
    for ep in range(2):
        for x, y in tl:  #> recorded_torch.Ds.__getitem__ recorded_torch.Rev.__iter__ recorded_torch.collate
            with EMA(model) as e:  #> recorded_torch.EMA.__enter__ recorded_torch.EMA.__exit__ recorded_torch.EMA.__init__
                loss = crit(model(x), y)  #> recorded_torch.Loss.forward recorded_torch.Mlp.forward recorded_torch.Mlp.hook
                acc.backward(loss)  #> recorded_torch.STE.backward
                opt.step()
                opt.zero_grad()
            s1.step()  #> recorded_torch.warm
        m = evaluate(model, vl, crit)  #> recorded_torch.evaluate
        print(m)  #> recorded_torch.Meter.__str__
        log.info("len %d", len(m))  #> recorded_torch.Meter.__len__
    lb = optim.LBFGS(model.parameters(), max_iter=2)

    def closure():
        lb.zero_grad()
        l = crit(model(x), y)  #> recorded_torch.Loss.forward recorded_torch.Mlp.forward recorded_torch.Mlp.hook
        l.backward()  #> recorded_torch.STE.backward
        return l

    lb.step(closure)  #> recorded_torch.train.closure
    model.probe(x)  #> recorded_torch.Mlp.probe
    print(model.size)  #> recorded_torch.Mlp.size


def test(args):
    pass


def main():
    p = argparse.ArgumentParser()
    sub = p.add_subparsers()
    a = sub.add_parser("train")
    a.add_argument("--model", default="mlp", type=check)  #> recorded_torch.check
    a.set_defaults(fn=train)
    b = sub.add_parser("test")
    b.set_defaults(fn=test)
    args = p.parse_args(["train"])
    args.fn(args)  #> recorded_torch.test recorded_torch.train


def check(s):
    return s


if __name__ == "__main__":
    main()  #> recorded_torch.main
