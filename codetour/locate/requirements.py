"""What a launch lacks, found before starting: data that is not there, a GPU insisted on; services to quiet."""

from __future__ import annotations

import posixpath
import re
from typing import Final

from codetour.locate.corpus import Corpus
from codetour.locate.reach import Reach
from codetour.model.entry import Need, Override
from codetour.model.text import clean

_READ: Final = re.compile(
    r"""(?:open|read_csv|read_json|read_parquet|read_excel|read_table|np\.load|loadtxt|genfromtxt|load_npz|memmap)\(\s*f?["']([^"'{}\n]{2,200}\.(?:txt|csv|tsv|json|jsonl|npy|npz|bin|pkl|parquet|h5|data|zip|xml|pt))["']\s*([^)\n]{0,40})"""
)
_PATH: Final = re.compile(
    r"""["'](\.{0,2}/?[\w.-]+(?:/[\w.-]+)+/?|[\w-]+\.(?:txt|csv|json|yaml|yml|npz|pt|toml))["']"""
)
_GPU: Final = re.compile(
    r"^\s*assert torch\.cuda\.is_available\(\)|"
    r"if not torch\.cuda\.is_available\(\)\s*:\s*\n?\s*(?:raise|exit|sys\.exit|assert)|"
    r"set_default_tensor_type\(\s*['\"]torch\.cuda",
    re.MULTILINE,
)
_MAKERS: Final = re.compile(
    r"prepare|download|preprocess|make_data|generate|create|get_data|fetch|tokenize|build", re.IGNORECASE
)


def quiet_services(corpus: Corpus, reach: Reach, file: str) -> list[Override]:
    """Environment variables that keep experiment trackers from asking for a login."""
    seen = {m.split(".")[0] for f in [file, *reach.imports_of(file, 25)] for m in corpus.facts(f).modules}
    out: list[Override] = []
    if "wandb" in seen:
        out.append(Override("WANDB_MODE=disabled", "wandb is imported; nothing is sent to a server"))
    if "matplotlib" in seen or "seaborn" in seen:
        out.append(Override("MPLBACKEND=Agg", "plots open no window that waits for a click"))
    return out


def missing(corpus: Corpus, reach: Reach, file: str, cwd: str) -> list[Need]:
    """Data files named in the entry that exist nowhere, and a GPU that is asserted."""
    out: list[Need] = []
    near = [file, *reach.imports_of(file, 12)]
    for name in near:
        found = _GPU.search(corpus.text(name) or "")
        if found:
            line = (corpus.text(name) or "").count("\n", 0, found.start()) + 1
            out.append(
                Need(
                    "gpu",
                    f"{name}:{line} stops without CUDA",
                    "run it on a machine with a GPU, or tour another entry",
                )
            )
            break
    for name in near[:6]:
        for path, rest in _READ.findall(corpus.text(name) or "")[:30]:
            if re.match(r"""\s*,\s*(?:mode\s*=\s*)?["'][wax]""", rest) or _is_there(corpus, cwd, name, path):
                continue
            out.append(Need(f"file {clean(path, 120)}", f"{name} reads it", _maker(corpus, path)))
    return list(dict.fromkeys(out))[:8]


def read_files(corpus: Corpus, file: str, folder: str) -> int:
    """How many of the paths that `file` spells exist when it runs in `folder`."""
    text = corpus.text(file) or ""
    paths = {path for path, _ in _READ.findall(text)} | set(_PATH.findall(text))
    return sum(
        1 for path in list(paths)[:200] if _found(corpus, posixpath.normpath(posixpath.join(folder, path)))
    )


def _found(corpus: Corpus, whole: str) -> bool:
    if whole.startswith("..") or whole == ".":
        return False
    return whole in corpus.names or whole in corpus.folders


def _is_there(corpus: Corpus, cwd: str, file: str, path: str) -> bool:
    for base in (cwd, posixpath.dirname(file), ""):
        whole = posixpath.normpath(posixpath.join(base, path))
        if whole in corpus.names or (not whole.startswith("..") and (corpus.tree.root / whole).exists()):
            return True
    # a bare name joined to some folder: there if any file has it
    return posixpath.basename(path) in corpus.by_name


def _maker(corpus: Corpus, path: str) -> str:
    """A script of the repository that mentions the file and is named as one that makes data."""
    base = posixpath.basename(path)
    for file in corpus.files:
        if (
            file.endswith((".py", ".sh"))
            and _MAKERS.search(posixpath.basename(file))
            and base in (corpus.text(file) or "")
        ):
            return f"python {file}" if file.endswith(".py") else f"bash {file}"
    return ""
