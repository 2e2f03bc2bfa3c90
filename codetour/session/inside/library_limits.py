"""How libraries that keep the training loop to themselves are made to do little: the arguments they take for it.

`changes(20)` gives, per module, the function that changes it once it was imported. Runs in the user's interpreter,
Python 3.8 and later, standard library only. Limits that the program sets itself and that are smaller stay.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

LIGHTNING = ("lightning.pytorch.trainer.trainer", "pytorch_lightning.trainer.trainer")
HUGGING_FACE = "transformers.trainer"
KERAS = (
    # on PyTorch Keras draws from a data loader, which is cut already
    *("keras.src.backend.tensorflow.trainer", "keras.src.backend.jax.trainer"),
    *("keras.src.engine.training", "keras.engine.training", "tensorflow.python.keras.engine.training"),
)
TF_DATA = "tensorflow.python.data.ops.dataset_ops"
PASSES = ("limit_train_batches", "limit_val_batches", "limit_test_batches", "limit_predict_batches")
"""Lightning's limits, one for each kind of pass"""
KERAS_BATCH = 32
"""Keras' own batch size where none is given"""


def changes(count: int, asks_for_iterator: Callable[[], bool]) -> dict[str, Callable[[Any], None]]:
    """Module -> what to do with it. `asks_for_iterator()`: does the caller's caller want to draw batches itself?"""
    found: dict[str, Callable[[Any], None]] = {HUGGING_FACE: functools.partial(hugging_face, count=count)}
    found.update(dict.fromkeys(LIGHTNING, functools.partial(lightning, count=count)))
    found.update(dict.fromkeys(KERAS, functools.partial(keras, count=count)))
    found[TF_DATA] = functools.partial(tf_data, count=count, asks_for_iterator=asks_for_iterator)
    return found


def least(given: Any, count: int) -> Any:
    """`given` where it is a smaller number of batches, else `count`: a share of an epoch (a float) is large."""
    whole = isinstance(given, int) and not isinstance(given, bool)
    return given if whole and given <= count else count


def lightning(module: Any, count: int) -> None:
    """Every pass of a Lightning trainer ends after `count` batches."""
    start = module.Trainer.__init__
    known = set(inspect.signature(start).parameters)

    @functools.wraps(start)
    def initialize(self: Any, *args: Any, **kwargs: Any) -> None:
        given = dict(kwargs)
        if not args and not given.get("fast_dev_run") and not given.get("overfit_batches"):
            given.update({name: least(given.get(name), count) for name in PASSES if name in known})
            if isinstance(given.get("val_check_interval"), int):
                given["val_check_interval"] = least(given["val_check_interval"], count)
        start(self, *args, **given)

    module.Trainer.__init__ = initialize


def hugging_face(module: Any, count: int) -> None:
    """A run by number of steps, and the steps between evaluations, are cut; epochs are cut by their data loader."""
    train = module.Trainer.train

    @functools.wraps(train)
    def train_some(self: Any, *args: Any, **kwargs: Any) -> Any:
        settings = self.args
        if getattr(settings, "max_steps", -1) > 0:
            settings.max_steps = least(settings.max_steps, count)
        if (getattr(settings, "eval_steps", None) or 0) >= 1:
            settings.eval_steps = least(int(settings.eval_steps), count)
        return train(self, *args, **kwargs)

    module.Trainer.train = train_some


def keras(module: Any, count: int) -> None:
    """`fit`, `evaluate` and `predict` of the classes that the module defines take `count` batches at most."""
    for cls in [getattr(module, name) for name in dir(module)]:
        if isinstance(cls, type) and cls.__module__ == module.__name__ and "fit" in vars(cls):
            for name in ("fit", "evaluate", "predict"):
                if name in vars(cls):
                    setattr(cls, name, keras_some(getattr(cls, name), count))


def keras_some(method: Any, count: int) -> Any:
    """One of Keras' loops with its number of steps given."""
    signature = inspect.signature(method)

    @functools.wraps(method)
    def run_some(*args: Any, **kwargs: Any) -> Any:
        try:
            bound = signature.bind(*args, **kwargs)
            limit_steps(bound.arguments, method.__name__, count)
        except Exception:  # noqa: BLE001 - an argument of an unforeseen kind is the library's affair
            return method(*args, **kwargs)
        return method(*bound.args, **bound.kwargs)

    return run_some


def limit_steps(given: Any, name: str, count: int) -> None:
    """Set the arguments that bound the passes of `fit`, `evaluate` or `predict` in `given`."""
    batch = given.get("batch_size") or KERAS_BATCH
    word = "steps_per_epoch" if name == "fit" else "steps"
    set_steps(given, word, batches(given.get("x"), batch), count)
    held_out = given.get("validation_data")
    if name == "fit" and held_out is not None:
        data = held_out[0] if is_rows(held_out) else held_out
        set_steps(
            given, "validation_steps", batches(data, given.get("validation_batch_size") or batch), count
        )


def set_steps(given: Any, word: str, there: int | None, count: int) -> None:
    """Fewer steps where there are more than `count`, or nobody knows how many."""
    wanted = given.get(word)
    if wanted is not None or there is None or there > count:
        given[word] = least(wanted, count)


def batches(data: Any, batch: int) -> int | None:
    """How many batches one pass over `data` has; None where it cannot be told beforehand."""
    if hasattr(data, "cardinality"):
        known = int(data.cardinality())
        return known if known >= 0 else None
    if hasattr(data, "values") and not hasattr(data, "shape"):
        data = next(iter(data.values()))  # named inputs
    rows = is_rows(data)
    if rows and len(data) and hasattr(data[0], "shape"):
        data = data[0]  # several inputs
    if hasattr(data, "shape"):
        return -(-int(data.shape[0]) // batch)
    if rows:
        return -(-len(data) // batch)
    return len(data) if hasattr(data, "__len__") else None


def is_rows(data: Any) -> bool:
    """Rows, or a row of inputs, in a plain sequence."""
    return isinstance(data, (list, tuple))


def tf_data(module: Any, count: int, asks_for_iterator: Callable[[], bool]) -> None:
    """`for batch in dataset` ends after `count`; who holds an iterator of their own may go on for ever."""
    iterate = module.DatasetV2.__iter__

    @functools.wraps(iterate)
    def iterate_some(self: Any) -> Any:
        return iterate(self if asks_for_iterator() else self.take(count))

    module.DatasetV2.__iter__ = iterate_some
