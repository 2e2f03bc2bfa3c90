"""Overrides inside the program that no argument reaches: `apply({"workers": 0, "max_batches": 20})`.

Runs in the user's interpreter, Python 3.8 and later, standard library only. Nothing is imported: a library is changed
at the moment the program itself imports it. What is changed is planned, shown to the user and can be refused.
"""

import functools
import importlib.abc
import importlib.machinery
import itertools
import sys

LOADER = "torch.utils.data.dataloader"
POSITIONS = ["dataset", "batch_size", "shuffle", "sampler", "batch_sampler", "num_workers", "collate_fn", "pin_memory", "drop_last", "timeout", "worker_init_fn", "multiprocessing_context", "generator"]
"""DataLoader's arguments by position"""
SINGLE = {
    "num_workers": 0,
    # these are refused without workers
    "persistent_workers": None,
    "prefetch_factor": None,
    "timeout": None,
    "multiprocessing_context": None,
}


def apply(wanted):
    """Arrange that each library is changed right after the program imports it."""
    sys.meta_path.insert(0, AfterImport({LOADER: functools.partial(change_loader, wanted=wanted)}))


class AfterImport(importlib.abc.MetaPathFinder):
    """Finds nothing itself: wraps the loader that the others find for the modules named."""

    def __init__(self, changes):
        self.changes = changes

    def find_spec(self, name, path=None, target=None):
        change = self.changes.get(name)
        if change is None:
            return None
        del self.changes[name]
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return None
        run = spec.loader.exec_module

        def exec_module(module):
            run(module)
            try:
                change(module)
            except Exception as error:
                sys.stderr.write("codetour: %s is not changed: %s\n" % (name, error))

        spec.loader.exec_module = exec_module
        return spec


def change_loader(module, wanted):
    loader = module.DataLoader
    if wanted.get("workers") is not None:
        loader.__init__ = without_workers(loader.__init__)
    if wanted.get("max_batches"):
        loader.__iter__ = at_most(loader.__iter__, wanted["max_batches"])
        loader.__len__ = shortened(loader.__len__, wanted["max_batches"])


def without_workers(init):
    """Data is loaded in the main process, where stops are cheap and every frame is at hand."""

    @functools.wraps(init)
    def __init__(self, *args, **kwargs):
        given = dict(zip(POSITIONS, args))
        given.update(kwargs)
        if given.get("num_workers"):
            for name, value in SINGLE.items():
                given.pop(name, None) if value is None else given.update({name: value})
        init(self, **given)

    return __init__


def at_most(iterate, count):
    @functools.wraps(iterate)
    def __iter__(self):
        return itertools.islice(iterate(self), count)

    return __iter__


def shortened(length, count):
    @functools.wraps(length)
    def __len__(self):
        return min(length(self), count)

    return __len__
