"""Files from which a run could start, each with everything observed about it.

A candidate is a script with a main guard or a working module level, a notebook, the target of a command line, or
the function of a console script.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from codetour.knowledge.locate_tables import words
from codetour.locate.commands import Command, Gatherer
from codetour.locate.corpus import Corpus
from codetour.locate.facts import MODULE
from codetour.locate.loops import Loop, training_loop
from codetour.locate.names import is_evaluation, is_never_entry, is_test, looks_like_unit_test
from codetour.locate.reach import Key, Reach, Reached

_STARTS: Final = re.compile(
    r"^if\s+__name__|^(?:for|while|with|async for)\b|"
    r"^[A-Za-z_][\w.]*\(|^[\w, .\[\]]+=\s*[\w.]+\(|^@\w+\.(?:automain|main)",
    re.MULTILINE,
)
_OPTION: Final = re.compile(r"""["']--?([A-Za-z][\w\-.]*)["']""")
_LEARNS: Final = re.compile(
    r"\.backward\(|\bgrad\(|value_and_grad|GradientTape|\.fit\(|minimize\(|[Tt]rainer\b"
)
_MOST: Final = 1500


@dataclass(slots=True)
class Candidate:
    """One place where a run may start."""

    file: str
    qualname: str = MODULE
    commands: list[Command] = field(default_factory=list[Command])
    loop: Loop | None = None
    imports_loop: bool = False
    """a file it imports holds a training loop, though no call leads there"""
    guard: int = 0
    work: int = 0
    marks: dict[str, int] = field(default_factory=dict[str, int])
    """kind -> how many functions with it are reached for sure"""
    unit_test: bool = False
    """named like a unit test, and nothing in the code says otherwise"""
    eval_flags: tuple[str, ...] = ()
    """arguments that turn the run into an evaluation"""
    eval_key: Key | None = None
    """a function named like an evaluation that is reached"""
    size: int = 0
    """lines of the file"""
    nodes: int = 0
    """functions reached"""


def find_candidates(corpus: Corpus, reach: Reach, gatherer: Gatherer) -> list[Candidate]:
    """All candidates with their observations."""
    by_file: dict[str, list[Command]] = {}
    for command in gatherer.commands:
        by_file.setdefault(command.target, []).append(command)
    files = [f for f in corpus.files if f in by_file or _may_start(corpus, f)]
    # time may run out in a large library: what reads like learning comes first
    run = {f for f, found in by_file.items() if any(c.kind != "mention" for c in found)}
    files.sort(key=lambda f: (not _LEARNS.search(corpus.text(f) or ""), f not in run, f.count("/"), f))
    if len(files) > _MOST:
        corpus.notes.append(f"{len(files) - _MOST} scripts were not looked into")
    found: list[Candidate] = []
    for done, file in enumerate(files[:_MOST]):
        corpus.progress.advance(done, len(files), file)
        candidate = _observe(corpus, reach, file, by_file.get(file, []))
        if candidate is not None:
            found.append(candidate)
    _importers(corpus, reach, found)
    return found


def _may_start(corpus: Corpus, file: str) -> bool:
    if is_never_entry(file) or is_test(file):
        return False
    if file.endswith(".ipynb"):
        return bool(corpus.text(file))
    return file.endswith(".py") and bool(_STARTS.search(corpus.text(file) or ""))


def _observe(corpus: Corpus, reach: Reach, file: str, commands: list[Command]) -> Candidate | None:
    facts = corpus.facts(file)
    functions = {c.function for c in commands if c.function}
    runs = [c for c in commands if c.kind != "mention"]
    learns = any(mark.kind in ("fit", "grad", "step") for mark in facts.module.marks)
    if not (facts.guard or facts.work or learns or runs or file.endswith(".ipynb")):
        return None
    qualname = MODULE
    if functions and not facts.guard:
        named = sorted(f for f in functions if f in facts.scopes)
        qualname = named[0] if named else MODULE
    candidate = Candidate(file, qualname, commands, guard=facts.guard, work=facts.work, size=facts.module.end)
    candidate.unit_test = looks_like_unit_test(file) and _is_unit_test(corpus, file)
    reached = reach.walk((file, qualname))
    candidate.loop = training_loop(reach, reached)
    candidate.nodes = len(reached.depth)
    _count_marks(reach, reached, candidate)
    candidate.eval_flags = eval_flags(corpus, reach, file)
    return candidate


def _is_unit_test(corpus: Corpus, file: str) -> bool:
    """Code of a unit test: a test framework, or functions `test_x` and no script round them."""
    facts = corpus.facts(file)
    if any(
        m.split(".")[0] in ("unittest", "pytest", "absl.testing", "nose") or "testing" in m
        for m in facts.modules
    ):
        return True
    tests = sum(1 for name in facts.scopes if name.rpartition(".")[2].startswith("test_"))
    return tests > 0 or not (facts.guard or facts.work)


def _count_marks(reach: Reach, reached: Reached, candidate: Candidate) -> None:
    best = 99
    for key, depth in reached.depth.items():
        if key in reached.weak:
            continue
        scope = reach.scope(key)
        for kind in {mark.kind for mark in scope.marks}:
            candidate.marks[kind] = candidate.marks.get(kind, 0) + 1
        if scope.kind == "function" and depth < best and is_evaluation(key[1]):
            candidate.eval_key, best = key, depth


def eval_flags(corpus: Corpus, reach: Reach, file: str) -> tuple[str, ...]:
    """Options of the file, or of the files of arguments that it imports, that ask for an evaluation."""
    known = words()
    found: list[str] = []
    near = [
        f
        for f in reach.imports_of(file, 12)
        if any(w in f.lower() for w in ("arg", "opt", "config", "param", "flag", "pars"))
    ]
    for name in [file, *near[:4]]:
        text = corpus.text(name) or ""
        for option in _OPTION.findall(text):
            plain = option.replace("-", "_").lower()
            if (
                plain in known.eval_arguments
                or plain in ("is_training", "is_train", "do_train")
                or _is_mode(plain, text)
            ):
                found.append(option)
        found.extend(
            option
            for option in re.findall(r"DEFINE_\w+\(\s*[\"'](\w+)[\"']", text)
            if option.lower() in known.eval_arguments or _is_mode(option, text)
        )
        found.extend(
            re.findall(r"^\s*(eval_only|do_eval|do_predict|test_only)\s*(?::[^=\n]+)?=", text, re.MULTILINE)
        )
    return tuple(dict.fromkeys(found))


def _is_mode(option: str, text: str) -> bool:
    """`--mode` with a value that means evaluation, somewhere in the text."""
    known = words()
    if option not in known.mode_arguments:
        return False
    return any(re.search(rf"[\"']{value}[\"']", text) for value in known.eval_values)


def _importers(corpus: Corpus, reach: Reach, found: list[Candidate]) -> None:
    """Mark the candidates without a loop of their own that import a file which holds one."""
    trainers: dict[str, bool] = {}
    for candidate in found:
        if candidate.loop is not None or not (candidate.commands or candidate.guard or candidate.work):
            continue
        for file in reach.imports_of(candidate.file, 60):
            if file not in trainers:
                trainers[file] = any(
                    {"grad", "step"} <= {m.kind for m in s.marks} or "fit" in {m.kind for m in s.marks}
                    for s in corpus.facts(file).scopes.values()
                )
            if trainers[file]:
                candidate.imports_loop = True
                break
