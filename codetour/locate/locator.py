"""Tree -> EntryReport: the entry points of a repository, best first, each with its evidence and its launch.

report = find_entries(tree, Silent())
report.of("train")[0].launch
"""

from __future__ import annotations

from typing import Final

from codetour.knowledge.locate_tables import words
from codetour.locate.candidates import Candidate, find_candidates
from codetour.locate.commands import Gatherer
from codetour.locate.corpus import Corpus
from codetour.locate.evidence import evidence_of, title_of
from codetour.locate.facts import MODULE
from codetour.locate.launch import make_launch
from codetour.locate.loops import symbol_of
from codetour.locate.names import folder_weight, is_never_entry, is_test, stem, words_of
from codetour.locate.ranking import Ranked, rank_eval, rank_train
from codetour.locate.reach import Reach
from codetour.model.entry import EntryPoint, EntryReport
from codetour.model.source import Tree
from codetour.model.stage import Role
from codetour.progress import Progress

_MOST_PER_ROLE: Final = 25
_OTHERS: Final = 12
_ASIDE: Final = 0.5
"""weight of a folder from which on its files are beside the point"""
LAUNCHES: Final = 12
"""entries of a role with a full launch; the others get theirs when they are chosen"""


def find_entries(tree: Tree, progress: Progress) -> EntryReport:
    """Look through `tree` and rank where training and evaluation start; executes nothing."""
    from codetour.locate.store import load, save

    kept = load(tree)
    if kept is not None:
        return kept
    progress.begin("Looking for entry points")
    corpus = Corpus(tree, progress)
    gatherer = Gatherer(corpus)
    gatherer.gather()
    corpus.start_clock()
    reach = Reach(corpus)
    candidates = find_candidates(corpus, reach, gatherer)
    trainers = rank_train(candidates)
    evaluators = rank_eval(candidates, trainers)
    entries = [
        _entry(corpus, reach, r, "train", full=i < LAUNCHES) for i, r in enumerate(trainers[:_MOST_PER_ROLE])
    ]
    entries += [
        _entry(corpus, reach, r, "eval", full=i < LAUNCHES) for i, r in enumerate(evaluators[:_MOST_PER_ROLE])
    ]
    entries += _others(corpus, reach, candidates, trainers, evaluators)
    report = EntryReport(
        tuple(entries),
        _why_no_trainer(corpus, candidates, trainers),
        _why_no_eval(evaluators, trainers),
        corpus.all_notes(),
    )
    progress.end(f"{len(trainers)} that train, {len(evaluators)} that evaluate, of {len(corpus.files)} files")
    save(tree, report)
    return report


def _entry(corpus: Corpus, reach: Reach, ranked: Ranked, role: Role, *, full: bool) -> EntryPoint:
    candidate = ranked.candidate
    loop = symbol_of(candidate.loop.key) if candidate.loop is not None else None
    if role == "eval":
        loop = symbol_of(candidate.eval_key) if candidate.eval_key is not None else None
    line = candidate.guard or candidate.work or 1
    if candidate.qualname != MODULE:
        line = corpus.facts(candidate.file).scopes[candidate.qualname].line
    return EntryPoint(
        role=role,
        file=candidate.file,
        qualname=candidate.qualname,
        line=line,
        score=round(ranked.score, 3),
        evidence=evidence_of(candidate, role),
        launch=make_launch(
            corpus,
            reach,
            candidate.file,
            candidate.commands,
            role,
            trains=candidate.loop is not None,
            full=full,
        ),
        loop=loop,
        title=title_of(corpus, candidate.file),
    )


def _others(
    corpus: Corpus,
    reach: Reach,
    candidates: list[Candidate],
    trainers: list[Ranked],
    evaluators: list[Ranked],
) -> list[EntryPoint]:
    """What documents run beside training and evaluation: data preparation, export, servers."""
    known = {r.candidate.file for r in [*trainers, *evaluators]}
    rest = [c for c in candidates if c.file not in known and any(k.kind != "mention" for k in c.commands)]
    rest.sort(key=lambda c: (min(k.order for k in c.commands), c.file))
    return [
        EntryPoint(
            "other", c.file, c.qualname, c.guard or c.work or 1, 0.2, evidence_of(c, "other"),
            make_launch(corpus, reach, c.file, c.commands, "other", full=False), None, title_of(corpus, c.file),
        )
        for c in rest[:_OTHERS]
    ]  # fmt: skip


def _why_no_trainer(corpus: Corpus, candidates: list[Candidate], trainers: list[Ranked]) -> str | None:
    if trainers:
        return None
    if any(c.loop is not None for c in candidates):
        return "training code is only reached by tests, examples of use or tools; this looks like a library"
    held = _loop_for_callers(corpus)
    if held:
        return f"{held} trains, for programs that import it; no script of the repository starts it: a library"
    if not candidates:
        return "no script, notebook or documented command was found"
    known = words()
    if any(w in known.eval_weak for c in candidates for w in words_of(stem(c.file))):
        return "nothing computes gradients or fits a model; this looks like code for inference only"
    return "nothing that runs computes gradients or fits a model"


def _loop_for_callers(corpus: Corpus) -> str:
    """FILE:QUALNAME of a function with a training loop that nothing of the repository starts, "" for none."""
    for file in sorted(corpus.files, key=lambda f: (f.count("/"), f)):
        if not file.endswith(".py") or is_test(file) or is_never_entry(file):
            continue
        for scope in corpus.facts(file).scopes.values():
            kinds = {m.kind for m in scope.marks}
            if scope.loops and {"grad", "step"} <= kinds and folder_weight(file) < _ASIDE:
                return f"{file}:{scope.qualname}"
    return ""


def _why_no_eval(evaluators: list[Ranked], trainers: list[Ranked]) -> str | None:
    if evaluators:
        return None
    if trainers:
        return "evaluation, if any, happens inside the training run; no script or flag starts it alone"
    return "no script evaluates or samples"
