"""What a path says by its words alone. Names are hints: they break ties and never decide against evidence."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Final

from codetour.knowledge.locate_tables import words

_SPLIT: Final = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_TEST_FILE: Final = re.compile(r"(?:^|/)(?:test_[^/]*|[^/]*_test|[^/]*_tests|conftest)\.py$")
_TEST_FOLDERS: Final = frozenset(
    {"tests", "test", "testing", "unittests", "unit_tests", "test_suite", "testsuite"}
)
_NO_EVALUATION: Final = frozenset(
    {"split", "data", "log", "plot", "get", "set", "score", "dataloader", "loss", "size", "step", "num", "is"}
)
"""words of a function's name beside which `test` or `val` does not mean an evaluation"""
_NO_EVALUATION_START: Final = (
    *(
        "train",
        "metric",
        "arg",
        "param",
        "acc",
        "loader",
        "dataset",
        "generat",
        "mask",
        "transform",
        "file",
        "path",
    ),
)
_DOES: Final = frozenset({"run", "do", "compute", "perform", "start", "main", "model"})
_NEVER: Final = frozenset(
    {"setup.py", "conftest.py", "noxfile.py", "versioneer.py", "tasks.py", "fabfile.py", "hubconf.py"}
)


@lru_cache(maxsize=20_000)
def words_of(name: str) -> tuple[str, ...]:
    """The lower-case words of a name: `main_preTrain2.py` -> main, pre, train2."""
    return tuple(w.lower() for w in _SPLIT.split(name) if w)


def stem(file: str) -> str:
    """File name without its ending; a package's `__main__` goes by its folder."""
    path = PurePosixPath(file)
    return path.parent.name if path.stem == "__main__" and path.parent.name else path.stem


def is_test(file: str) -> bool:
    """A unit test by its place: a test-shaped name inside a test folder, or `test_x.py` beside others of its kind."""
    parts = file.split("/")
    in_folder = any(part.lower() in _TEST_FOLDERS for part in parts[:-1])
    if in_folder and parts[0].lower() in ("tests", "testing", "unittests"):
        return True
    return in_folder and bool(_TEST_FILE.search(file))


def looks_like_unit_test(file: str) -> bool:
    """`test_x.py`, `x_test.py`: a unit test unless its code says otherwise."""
    return bool(_TEST_FILE.search(file))


def is_never_entry(file: str) -> bool:
    """Packaging and build files."""
    return file.rpartition("/")[2] in _NEVER or file.endswith("/__init__.py") or file == "docs/conf.py"


def folder_weight(file: str) -> float:
    """0..1: how much the folders of `file` speak against a run starting there."""
    table = words().folders
    return max((table.get(part.lower(), 0.0) for part in file.split("/")[:-1]), default=0.0)


def helper_weight(file: str) -> float:
    """0..1: how much the name of `file` speaks for a helper."""
    table = words().helpers
    return max((table.get(word, 0.0) for word in words_of(stem(file))), default=0.0)


def train_hint(file: str) -> float:
    """0..1 for training."""
    known, name = words(), stem(file)
    parts = words_of(name)
    joined = "".join(parts)
    if joined in known.train_exact or name.lower() in known.train_exact:
        return 1.0
    if any(p in known.train_words or p.startswith(("train", "pretrain", "finetun")) for p in parts):
        last_or_first = any(p.startswith(("train", "pretrain", "finetun")) for p in (parts[0], parts[-1]))
        return 0.8 if last_or_first else 0.7
    if any("train" in p for p in parts):
        return 0.6
    if parts and (parts[0] in known.neutral or parts[-1] in known.neutral or joined in known.neutral):
        return 0.5 if len(parts) == 1 else 0.4
    return 0.35 if _named_after_folder(file) else 0.0


def _named_after_folder(file: str) -> bool:
    folder = PurePosixPath(file).parent.name
    return bool(folder) and "".join(words_of(folder)) == "".join(words_of(PurePosixPath(file).stem))


def is_evaluation(qualname: str) -> bool:
    """Is a function named as one that evaluates (`evaluate`, `test_epoch`), not as one that helps to?"""
    parts = words_of(qualname.rpartition(".")[2])
    strong = words().eval_strong
    if not parts or any(p.startswith(_NO_EVALUATION_START) or p in _NO_EVALUATION for p in parts):
        return False
    # `mask_test_edges` evaluates nothing, `run_test_loop` does
    return (
        parts[0] in strong or parts[-1] in strong or (parts[0] in _DOES and any(p in strong for p in parts))
    )


def eval_hint(file: str) -> float:
    """0..1 for evaluation; inference words count less than evaluation words."""
    known = words()
    parts = words_of(stem(file))
    joined = "".join(parts)
    if joined in known.eval_exact:
        return 1.0 if joined in known.eval_strong else 0.75
    if any(p in known.eval_strong for p in parts):
        return 0.8
    return 0.55 if any(p in known.eval_weak for p in parts) else 0.0
