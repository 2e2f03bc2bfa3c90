"""What a launch lacks, found before starting: data that is not there, a GPU insisted on; services to quiet."""

from __future__ import annotations

import ast
import posixpath
import re
from typing import Final

from codetour.locate.corpus import Corpus
from codetour.locate.data import maker, names_read
from codetour.locate.facts import MODULE
from codetour.locate.reach import Reach
from codetour.locate.subcommands import GUARD
from codetour.locate.syntax import is_main_guard
from codetour.model.entry import Need, Override
from codetour.model.text import clean

_READ: Final = re.compile(
    r"""(?:open|read_csv|read_json|read_parquet|read_excel|read_table|np\.load|loadtxt|genfromtxt|load_npz|memmap)\(\s*f?["']([^"'{}\n]{2,200}\.(?:txt|csv|tsv|json|jsonl|npy|npz|bin|pkl|parquet|h5|data|zip|xml|pt))["']\s*([^)\n]{0,40})"""
)
_PATH: Final = re.compile(
    r"""["'](\.{0,2}/?[\w.-]+(?:/[\w.-]+)+/?|[\w-]+\.(?:txt|csv|json|yaml|yml|npz|pt|toml))["']"""
)
_GPU: Final = re.compile(r"cuda\.is_available|torch\.cuda\.\w*Tensor|jax\.devices\(\s*[\"']gpu")
"""without one of these, parsing the file is not worth its time"""
_ASKS_CUDA: Final = re.compile(r"(?:th|torch)\.cuda\.is_available\(\)$")
_CUDA_TYPE: Final = re.compile(r"set_default_tensor_type\(['\"]?torch\.cuda")


def quiet_services(corpus: Corpus, reach: Reach, file: str) -> list[Override]:
    """Environment variables that keep experiment trackers from asking for a login."""
    seen = {m.split(".")[0] for f in [file, *reach.imports_of(file, 25)] for m in corpus.facts(f).modules}
    out: list[Override] = []
    if "wandb" in seen:
        out.append(Override("WANDB_MODE=disabled", "wandb is imported; nothing is sent to a server"))
    if "matplotlib" in seen or "seaborn" in seen:
        out.append(Override("MPLBACKEND=Agg", "plots open no window that waits for a click"))
    return out


def missing(corpus: Corpus, reach: Reach, file: str, cwd: str, *, hints: str = "") -> list[Need]:
    """Data files named in the entry that exist nowhere, and a GPU that is asserted; `hints` is the launch as text."""
    out: list[Need] = []
    near = [file, *reach.imports_of(file, 12)]
    called = reach.walk((file, MODULE)).depth
    for name in near:
        line = _insists_on_gpu(corpus.text(name) or "", {q for f, q in called if f == name} | {MODULE, GUARD})
        if line:
            mend = "run it on a machine with a GPU, or tour another entry"
            out.append(Need("gpu", f"{name}:{line} stops without CUDA", mend))
            break
    for name in near[:6]:
        for path, rest in _READ.findall(corpus.text(name) or "")[:30]:
            if re.match(r"""\s*,\s*(?:mode\s*=\s*)?["'][wax]""", rest) or _is_there(corpus, cwd, name, path):
                continue
            out.append(Need(f"file {clean(path, 120)}", f"{name} reads it", maker(corpus, path, hints)))
    for base, name in names_read(corpus, near[:6]).items():
        if base not in corpus.by_name:
            out.append(Need(f"file {base}", f"{name} reads it", maker(corpus, base, hints)))
    return list({n.what: n for n in reversed(out)}.values())[::-1][:8]


def _insists_on_gpu(text: str, scopes: set[str]) -> int:
    """The line that ends a run without CUDA whatever its arguments are, in one of `scopes`; 0 for none."""
    if not _GPU.search(text):
        return 0
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return 0
    bodies = [(MODULE, tree.body)]
    while bodies:
        scope, body = bodies.pop()
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                bodies.append((node.name if scope in (MODULE, GUARD) else f"{scope}.{node.name}", node.body))
            elif isinstance(node, ast.With):
                bodies.append((scope, node.body))
            elif is_main_guard(node):
                bodies.append((scope, getattr(node, "body", [])))
            elif scope in scopes and _stops_without_gpu(node):
                return node.lineno
    return 0


def _stops_without_gpu(node: ast.stmt) -> bool:
    """`assert torch.cuda.is_available()`, `if not ...: raise`, a default tensor type of CUDA."""
    asks = _ASKS_CUDA.match
    if isinstance(node, ast.Assert):
        return bool(asks(ast.unparse(node.test)))
    if isinstance(node, ast.If) and ast.unparse(node.test).startswith("not "):
        ends = isinstance(node.body[-1], ast.Raise) or "exit(" in ast.unparse(node.body[-1])
        return ends and bool(asks(ast.unparse(node.test).removeprefix("not ")))
    return isinstance(node, ast.Expr) and bool(_CUDA_TYPE.search(ast.unparse(node)))


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
