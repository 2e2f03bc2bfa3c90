"""Names of axes: the code's own short names, the configuration's else, and none that only fit by chance."""

from __future__ import annotations

import pytest

from codetour.model.value import Frame, Value
from codetour.session.axes import Dimension, name_axes

OWN, SELF, CALLER = 0, 1, 4


def dims(shape, *known, axes=(), dtype="float32", kind="Tensor", name="x"):
    value = Value(name, kind, "tensor", tuple(shape), dtype=dtype)
    (frame,) = name_axes(
        [Frame("f", "f.py", 1, values=(value,))], [Dimension(*k) for k in known], dict.fromkeys(axes, "")
    )
    return frame.values[0].dims


@pytest.mark.parametrize(
    ("shape", "known", "axes", "named"),
    [
        ((16, 32, 48), [("B", 16, OWN), ("T", 32, OWN), ("C", 48, OWN)], (), ("B", "T", "C")),
        (
            (16, 32, 48),
            [("batch_size", 16, CALLER), ("block_size", 32, CALLER), ("n_embd", 48, CALLER)],
            ("B", "T", "C"),
            ("B", "T", "C"),
        ),
        ((16, 32), [("batch_size", 16, CALLER), ("block_size", 32, CALLER)], (), ("batch_size", "block_size")),
        # the code's own name may stand for another number here
        (
            (16, 32),
            [("batch_size", 16, CALLER), ("B", 4, OWN), ("block_size", 32, CALLER)],
            ("B", "T"),
            ("batch_size", "T"),
        ),
        # two short names for one role: which is meant is not known
        ((8, 48), [("n_embd", 48, CALLER)], ("C", "hs"), ("", "n_embd")),
        ((4, 32, 32), [("B", 4, OWN), ("T", 32, OWN), ("n_embd", 32, SELF)], (), ("B", "T", "n_embd")),
        ((512, 57), [("B", 16, OWN), ("T", 32, OWN), ("V", 57, OWN)], (), ("B·T", "V")),
        ((1, 1), [("batch_size", 1, OWN)], (), None),
    ],
)  # fmt: skip
def test_short_names_go_first(shape, known, axes, named) -> None:
    assert dims(shape, *known, axes=axes) == named


def test_two_equal_sizes_are_told_apart_by_place() -> None:
    known = [("n_embd", 32, SELF), ("block_size", 32, CALLER), ("batch_size", 4, CALLER)]
    assert dims((4, 32, 32), *known) == ("batch_size", "block_size", "n_embd")


def test_rows_of_word_numbers_have_no_width() -> None:
    known = [("n_embd", 32, OWN), ("block_size", 32, OWN), ("batch_size", 4, OWN)]
    assert dims((4, 32), *known, dtype="int64") == ("batch_size", "block_size")


@pytest.mark.parametrize(
    ("shape", "known"),
    [
        ((2, 5), ("n_layer_size", 2, CALLER)),  # small, far away
        ((5, 3), ("n_head", 3, SELF)),  # heads need four axes
        ((5, 64), ("batch_size", 64, SELF)),  # the batch stands first
        ((64, 5), ("hidden_size", 64, CALLER)),  # a width stands last
        ((100, 5), ("max_epochs", 100, OWN)),
        ((42, 5), ("seed", 42, OWN)),
        ((64, 64), ("T", 64, 9)),  # a letter of a distant caller
    ],
)
def test_a_number_that_fits_by_chance_names_nothing(shape, known) -> None:
    assert dims(shape, known) is None


def test_weights_do_not_know_the_batch() -> None:
    assert dims((64, 64), ("batch_size", 64, SELF), kind="Parameter") is None
    assert dims((57, 48), ("vocab_size", 57, SELF), ("n_embd", 48, SELF), kind="Parameter") == (
        "vocab_size",
        "n_embd",
    )


def test_between_equal_candidates_nothing_is_said() -> None:
    assert dims((8, 64), ("hidden_size", 64, SELF), ("latent_dim", 64, SELF)) is None


ROLLOUT = [
    ("num_steps", 64, CALLER),
    ("num_envs", 4, CALLER),
    ("minibatch_size", 64, CALLER),
    ("batch_size", 256, CALLER),
]


def test_what_reinforcement_learning_gathers_is_steps_by_environments() -> None:
    assert dims((64, 4, 3), *ROLLOUT) == ("num_steps", "num_envs", "")
    assert dims((256, 3), *ROLLOUT) == ("batch_size", "")
    # rows of a minibatch, or the steps of one environment: both fit
    assert dims((64,), *ROLLOUT) is None


def test_the_weights_of_a_checkpoint_are_weights() -> None:
    known = [("block_size", 32, CALLER), ("n_embd", 32, CALLER)]
    assert dims((32, 32), *known, name="h.0.attn.weight") == ("n_embd", "n_embd")
    assert dims((32, 32), *known) == ("block_size", "n_embd")


def test_sizes_that_are_no_axes_name_nothing() -> None:
    assert dims((24, 4), ("bucket_size", 4, CALLER)) is None
    assert dims((1, 1, 3, 3), ("n_head", 3, SELF)) is None
