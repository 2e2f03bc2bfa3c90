"""From observations to roles and order: what is the training entry, what the evaluation, what neither.

Evidence is added up: where a loop is reached counts most, then what documents run, then the name; the place in
the tree and helper-like names count against. The numbers were set on real repositories, never for one of them.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

from codetour.knowledge.locate_tables import words
from codetour.locate.candidates import Candidate
from codetour.locate.commands import Command
from codetour.locate.names import (
    eval_hint,
    folder_weight,
    helper_weight,
    is_test,
    stem,
    train_hint,
    words_of,
)

TRAIN_AT_LEAST: Final = 1.35
EVAL_AT_LEAST: Final = 1.0
_LATER_STAGE: Final = 0.5
_NOTEBOOK: Final = 0.25
"""a script runs anywhere; a notebook beside it often shows what the script does"""
_USES_IT: Final = re.compile(r"(generate|predict|infer|inference|evaluate)(_|$)")
"""switches that ask for a use of what was trained"""
_KINDS: Final = {
    "readme": 1.2, "docs": 0.9, "dvc": 1.2, "mlproject": 1.2, "shell": 0.75, "makefile": 0.8, "just": 0.8, "ci": 0.3,
    "docker": 0.5, "tox": 0.3, "vscode": 0.6, "notebook": 0.4, "mention": 0.35,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ranked:
    """A candidate in a role."""

    candidate: Candidate
    points: float

    @property
    def score(self) -> float:
        """0..1."""
        return 1 / (1 + math.exp(-(self.points - 1.8) * 1.1))


def rank_train(candidates: list[Candidate]) -> list[Ranked]:
    """Training entries, best first."""
    ranked = _first_stage_first([Ranked(c, train_points(c)) for c in candidates])
    kept = [r for r in ranked if r.points >= TRAIN_AT_LEAST and _may_train(r.candidate)]
    return sorted(map(_behind_scripts, kept), key=_order)


def rank_eval(candidates: list[Candidate], trainers: list[Ranked]) -> list[Ranked]:
    """Evaluation entries, best first; a training entry with an evaluation mode is one too."""
    best = trainers[0].points if trainers else 0.0
    training = {r.candidate.file: r.points for r in trainers}
    ranked = [
        Ranked(
            c,
            eval_points(
                c,
                trains=training.get(c.file, 0.0) >= max(best - 1.2, 0.1),
                best=training.get(c.file, 0.0) >= best,
            ),
        )
        for c in candidates
    ]
    kept = [r for r in ranked if r.points >= EVAL_AT_LEAST]
    return sorted(map(_behind_scripts, kept), key=_order)


def _first_stage_first(ranked: list[Ranked]) -> list[Ranked]:
    """Fine-tuning goes on from what another script in the same folder trains: that one comes first."""
    firsts = {
        r.candidate.file.rpartition("/")[0]
        for r in ranked
        if r.candidate.loop is not None and not _tunes(r.candidate) and train_hint(r.candidate.file) >= 0.4
    }
    return [
        Ranked(r.candidate, r.points - _LATER_STAGE)
        if _tunes(r.candidate) and r.candidate.file.rpartition("/")[0] in firsts
        else r
        for r in ranked
    ]


def _tunes(candidate: Candidate) -> bool:
    return (
        re.search(r"fine_?tun", candidate.file.rpartition("/")[2].replace("-", "_"), re.IGNORECASE)
        is not None
    )


def _order(ranked: Ranked) -> tuple[float, int, bool, int, str]:
    """Best first; among equals the nearest to the root, scripts before notebooks, the smallest."""
    file = ranked.candidate.file
    return -round(ranked.points, 2), file.count("/"), file.endswith(".ipynb"), ranked.candidate.size, file


def _behind_scripts(ranked: Ranked) -> Ranked:
    """A notebook stands a little behind a script that is as good."""
    notebook = ranked.candidate.file.endswith(".ipynb")
    return Ranked(ranked.candidate, ranked.points - _NOTEBOOK) if notebook else ranked


def _may_train(candidate: Candidate) -> bool:
    """Evidence in code, or a documented training command by name."""
    if candidate.loop is not None:
        return True
    documented = any(c.kind != "mention" for c in candidate.commands)
    hint = train_hint(candidate.file)
    return documented and (hint >= 0.6 or (candidate.imports_loop and hint >= 0.4))


def train_points(candidate: Candidate) -> float:
    """How much speaks for a training entry."""
    code = _code_points(candidate)
    itself = _trains_itself(candidate)
    helper = _helper_beside(candidate.file) if itself else helper_weight(candidate.file)
    name = 0.75 * train_hint(candidate.file) - 0.9 * helper
    evaluation = eval_hint(candidate.file)
    if evaluation and train_hint(candidate.file) < 0.6:
        # what a file does outweighs what it is called: `pixel_test.py` with a training loop of its own
        name -= (0.3 if itself else 0.9) * evaluation
    return code + _documented(candidate, "train") + name - _place(candidate)


def _trains_itself(candidate: Candidate) -> bool:
    loop = candidate.loop
    own = loop is not None and loop.key[0] == candidate.file and loop.strength >= 1.0 and not loop.weak
    return own and bool(candidate.guard or candidate.work)


def _code_points(candidate: Candidate) -> float:
    loop = candidate.loop
    if loop is None:
        return 0.6 if candidate.imports_loop else 0.0
    points = 2.0 * loop.strength - 0.55 * loop.weak - 0.03 * min(loop.depth, 6)
    if not (candidate.guard or candidate.work):
        points -= 0.2
    return points


def _place(candidate: Candidate) -> float:
    file = candidate.file
    depth = file.count("/")
    points = 0.12 * min(depth, 5) + 1.6 * folder_weight(file)
    if is_test(file) or candidate.unit_test:
        points += 1.2
    numbered = re.match(r"(?:[a-z]+[_-]?)?(\d{1,2})\b", file, re.IGNORECASE)
    if numbered:
        # a course: the first lesson first
        points += 0.02 * int(numbered[1])
    return points


def _documented(candidate: Candidate, role: str) -> float:
    best, count = 0.0, 0
    for command in candidate.commands:
        asked = command_role(command)
        if asked not in (role, "any"):
            continue
        points = _KINDS.get(command.kind, 0.3)
        # a README deep in the tree speaks for its folder only
        points -= 0.1 * min(command.source.count("/"), 4) if command.kind in ("readme", "docs") else 0.0
        points -= 0.25 * (not command.exact)
        points += 0.25 * (asked == role)
        points -= min(command.order, 40) * 0.002
        best, count = max(best, points), count + (command.kind != "mention")
    return best + 0.12 * math.log1p(count) if best else 0.0


def command_role(command: Command) -> str:
    """train, eval or any, by the arguments of the command line."""
    known = words()
    argv = [a.lstrip("-").replace("-", "_").lower() for a in command.argv]
    names = {a.partition("=")[0] for a, raw in zip(argv, command.argv, strict=True) if raw.startswith("-")}
    for at, word in enumerate(argv):
        name, _, value = word.partition("=")
        value = value or (argv[at + 1] if at + 1 < len(argv) else "")
        name = name.rpartition(".")[2]
        if name in known.mode_arguments or (at == 0 and not command.argv[0].startswith("-")):
            chosen = value if name in known.mode_arguments else name
            if chosen in known.eval_values:
                return "eval"
            if chosen in known.train_values:
                return "train"
        if name in known.train_switches and command.argv[at].startswith("-"):
            return "eval" if value in ("0", "false", "no") else "train"
    if any(name in known.eval_arguments for name in names) or any(
        _USES_IT.match(name) and _stands_alone(command.argv, at)
        for at, name in enumerate(argv)
        if command.argv[at].startswith("--")
    ):
        return "eval"
    return "any"


def _stands_alone(argv: tuple[str, ...], at: int) -> bool:
    """A switch: no value is joined to it or follows it."""
    return "=" not in argv[at] and (at + 1 == len(argv) or argv[at + 1].startswith("-"))


def eval_points(candidate: Candidate, *, trains: bool, best: bool = False) -> float:
    """How much speaks for an evaluation entry."""
    hint = eval_hint(candidate.file)
    marks = candidate.marks
    seen = min(
        1.0,
        0.5 * bool(marks.get("eval"))
        + 0.4 * bool(marks.get("metric"))
        + 0.4 * bool(marks.get("predict"))
        + 0.4 * bool(marks.get("infer")),
    )
    if trains:
        return _train_as_eval(candidate, seen, best=best)
    points = 1.3 * hint + seen
    if not seen and hint < 0.7:
        # "generate" and "sample" without a model in sight make data
        points -= 0.8
    if hint:
        points += _documented(candidate, "eval") * (1.0 if seen or hint >= 0.7 else 0.4)
    elif any(command_role(c) == "eval" for c in candidate.commands):
        points += 0.7
    else:
        points -= 0.4
    if candidate.loop is not None and candidate.loop.strength >= 0.9 and not candidate.loop.weak:
        points -= 0.5
    if candidate.unit_test:
        points -= 0.9
    helper = helper_weight(candidate.file) if not hint else _helper_beside(candidate.file)
    return points - 0.8 * helper - _place(candidate)


def _helper_beside(file: str) -> float:
    """Helper words that are no evaluation words themselves."""
    known = words()
    return max(
        (
            known.helpers.get(w, 0.0)
            for w in words_of(stem(file))
            if w not in known.eval_strong and w not in known.eval_weak
        ),
        default=0.0,
    )


def _train_as_eval(candidate: Candidate, seen: float, *, best: bool) -> float:
    points = 0.0
    asked = [c for c in candidate.commands if command_role(c) == "eval"]
    if asked:
        points = 1.5 + 0.25 * best
    elif candidate.eval_flags:
        points = 1.25 + 0.25 * best
    elif candidate.eval_key is not None and best:
        points = 1.0
    return points + 0.3 * seen - min(_place(candidate), 0.2) if points else 0.0
