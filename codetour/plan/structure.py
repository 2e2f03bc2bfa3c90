"""Landmarks that words alone do not show: which class is the model, where its pass runs, what a library takes over."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from codetour.knowledge.concepts import card, concept_of
from codetour.knowledge.externals import external_rules
from codetour.model.graph import CallGraph, Node
from codetour.plan.context import MODEL_NAME, Context, chain, on_the_spine
from codetour.plan.landmarks import Candidate, Finder, assigned_names, calls_of, names_in
from codetour.plan.learning import Learning, find_learning, first_to_call, is_pass
from codetour.plan.moments import Frame, Moment
from codetour.plan.passes import is_formula, prepares, says_little, stands_for
from codetour.plan.program import ClassFacts, Program, dotted_text
from codetour.plan.roles import FORWARD, HOOKS, Roles, acts, evaluates

_TAKES_OPTIONS: Final = re.compile(
    r"hydra\.main|hydra_runner|click\.command|\.command\(\)$|pyrallis\.wrap|chz\.|draccus"
)
_MAIN: Final = frozenset(("forward", "__call__", "call"))
SMALL: Final = 0.3
"""rank of a concept below which a part of a model teaches little"""
_TELLS: Final = re.compile(r"(?i)loss|acc|reward|score")
_JUDGE: Final = re.compile(r"(?i)loss_?(fn|fun|func|function|module)$|criterion$")
LIBRARY: Final = "library"
"""slot of a line that hands the training to a library"""


class Structure:
    """Finds structural landmarks in the moments of one walk."""

    def __init__(self, program: Program, graph: CallGraph, finder: Finder) -> None:
        self.program, self.graph, self.finder = program, graph, finder
        self.roles = Roles(program)

    def find(self, moments: Iterable[Moment]) -> Iterator[Candidate]:
        """All structural candidates, unordered."""
        for moment in moments:
            if moment.enter:
                yield from self._entered(moment)
            else:
                yield from self._constructed(moment)
                yield from self._handed_over(moment)
                yield from self._hook_returns(moment)

    # -- models

    def on_spine(
        self, candidates: Sequence[Candidate], context: Context, moments: Sequence[Moment]
    ) -> list[Candidate]:
        """Say which models are the ones trained, and find the line of the spine that makes them."""
        learning = find_learning(moments, context, self.roles)
        trained = set(learning.owners)
        kept: list[Candidate] = []
        for c in candidates:
            if c.stage == "forward" and c.slot in {"top", "inner"}:
                if not self._hands_on(c, moments):
                    kept.extend(self._placed(c, learning))
                continue
            if c.slot == "init" and trained and not self._is_one(c.moment.frame.owner, trained):
                continue
            if c.stage == "loss":
                kept.extend(self._after_the_pass(c, learning, moments))
                continue
            if not c.subject:
                kept.append(c)
                continue
            if trained and not self._is_one(c.subject, trained):
                continue
            place = on_the_spine(c.moment, context, moments)
            if place is None or place is c.moment:
                kept.append(c)
            else:
                named = any(MODEL_NAME.search(a) for a in assigned_names(place.statement))
                kept.append(replace(c, moment=place, weight=1.0 if named else 0.7))
                if len(c.moment.callees) == 1:
                    kept.append(replace(c, slot="inside", weight=0.6))
        if not any(c.stage == "model" for c in kept):
            kept.extend(c for c in candidates if c.stage == "model")
        return _one_made_per_line(kept)

    def _hands_on(self, c: Candidate, moments: Sequence[Moment]) -> bool:
        """Is the pass only a way into another method of the same object?"""
        frame = c.moment.frame
        if not says_little(frame.definition):
            return False
        inside = [m for m in moments if m.frame is frame]
        own = {
            n.removeprefix("self.") for m in inside for n in names_in(m.statement) if n.startswith("self.")
        }
        called = {e.callee for m in inside for e in m.callees if e.callee != frame.node.id}
        same_class = frame.node.id.rpartition(".")[0] in {callee.rpartition(".")[0] for callee in called}
        return same_class or bool(own & {callee.rpartition(".")[2] for callee in called})

    def _has_main(self, frame: Frame) -> bool:
        facts = frame.module.classes.get(frame.owner)
        return facts is not None and bool(_MAIN & set(facts.methods))

    def _has_forward(self, frame: Frame) -> bool:
        facts = frame.module.classes.get(frame.owner)
        return facts is not None and any(FORWARD.match(m) for m in facts.methods)

    def _is_one(self, name: str, trained: set[str]) -> bool:
        """Is the class one of `trained`, or does it inherit its pass from one?"""
        short = {t.rpartition(".")[2] for t in trained}
        return name.rpartition(".")[2] in short or any(name in self.program.heirs(None, t) for t in short)

    def _after_the_pass(
        self, c: Candidate, learning: Learning, moments: Sequence[Moment]
    ) -> Iterator[Candidate]:
        """A loss is seen after the pass that it judges, also where one function holds both."""
        if c.slot != "body":
            around = any(e.callee in learning.leading for e in c.moment.callees)
            around = around or first_to_call(c.moment, learning.tops, moments)
            yield replace(c, slot="around", weight=0.7) if around else c
        elif c.moment.frame.node.id not in learning.leading:
            yield c
        elif not says_little(c.moment.frame.definition):
            frame = c.moment.frame
            ends = [m for m in moments if m.frame is frame and isinstance(m.statement, ast.Return)]
            last = max(ends, key=lambda m: (-m.doubt, m.order), default=None)
            if last is not None:
                yield replace(c, moment=last)

    def _placed(self, c: Candidate, learning: Learning) -> Iterator[Candidate]:
        """A pass as the learning loop sees it: the model's own, a part's, or one that only others use."""
        node = c.moment.frame.node.id
        name = c.moment.symbol.rpartition(".")[2]
        if not learning.tops:
            yield c
        elif node in learning.tops and (FORWARD.match(name) or not self._has_forward(c.moment.frame)):
            # `forward_features` beside a `forward` is a part of it
            main = name in _MAIN or not self._has_main(c.moment.frame)
            yield replace(
                c, slot="top" if main else "inner", weight=1.0 if main and FORWARD.match(name) else 0.7
            )
        elif node in learning.inner and (
            stands_for(c.moment.frame, learning.tops)
            or (c.moment.frame.owner.rpartition(".")[2] in learning.owners and FORWARD.match(name))
        ):
            yield replace(c, slot="top", weight=0.95)
        elif node in learning.inner:
            weight = c.weight if c.slot == "inner" else 0.6 + 0.3 * card(c.concept).rank
            yield replace(c, slot="inner", weight=weight)

    def _entered(self, moment: Moment) -> Iterator[Candidate]:
        frame = moment.frame
        if frame.definition and any(
            _TAKES_OPTIONS.search(dotted_text(d)) for d in frame.definition.decorator_list
        ):
            yield Candidate(
                moment, "config", "parse", 0.9, "options", f"`{moment.symbol}` is handed the options"
            )
        role = self.roles.of_owner(frame)
        name = moment.symbol.rpartition(".")[2]
        if role == "model" and is_pass(frame) and not self._is_operator(frame) and not prepares(frame):
            yield self._pass(moment, frame)
        elif role == "loss" and FORWARD.match(name):
            yield Candidate(moment, "loss", "body", 0.95, "loss", f"`{moment.symbol}` computes the loss")
        elif role == "model" and name == "__init__" and not self._inside_model(frame.parent):
            yield Candidate(
                moment, "model", "init", 0.8, "layers", f"`{frame.owner}` puts its layers together"
            )
        elif role == "data" and name in {"__getitem__", "__iter__"}:
            yield Candidate(
                moment,
                "data",
                "item",
                0.9 if name == "__getitem__" else 0.6,
                "sample",
                f"`{moment.symbol}` makes one sample",
            )

    def _pass(self, moment: Moment, frame: Frame) -> Candidate:
        outer = not self._inside_model(frame.parent)
        # what the whole model is, its name may tell; what it is made of says it of its parts
        concept = concept_of(frame.owner, None if outer else frame.definition)
        weight = 1.0 if outer else 0.6 + 0.3 * card(concept or "forward").rank - 0.04 * self._levels(frame)
        if frame.definition and says_little(frame.definition):
            weight -= 0.12
        facts = frame.module.classes.get(frame.owner)
        if facts and not outer and any(b.endswith(("Sequential", "ModuleList")) for b in facts.bases):
            weight -= 0.3  # a container only passes on
        if card(concept or "forward").rank < SMALL or (not outer and is_formula(frame.definition)):
            weight -= 0.3
        slot = "top" if outer else "inner"
        return Candidate(
            moment, "forward", slot, weight, concept or "forward", f"`{moment.symbol}` is the model's pass"
        )

    def _levels(self, frame: Frame) -> int:
        """Models round this one."""
        return sum(1 for f in chain(frame.parent) if self.roles.of_owner(f) == "model")

    def _inside_model(self, frame: Frame | None) -> bool:
        """Is a method of a model running further up?"""
        while frame is not None:
            if self.roles.of_owner(frame) == "model" and not _is_hook(frame):
                return True
            frame = frame.parent
        return False

    def _constructed(self, moment: Moment) -> Iterator[Candidate]:
        if self._inside_model(moment.frame):
            return
        made = (self._class_made(edge.callee) for edge in moment.callees)
        for facts in {f.qualname: f for f in made if f is not None}.values():
            if self.roles.of(facts) == "model":
                yield Candidate(
                    moment, "model", "construct", 1.0, "construct", f"makes a `{facts.name}`", facts.name
                )

    def _class_made(self, callee: str) -> ClassFacts | None:
        node = self.graph.nodes.get(callee)
        if node is None or node.file is None:
            return None
        module = self.program.module(node.file)
        if module is None:
            return None
        if node.kind == "class":
            return module.classes.get(node.qualname)
        owner, _, name = node.qualname.rpartition(".")
        return module.classes.get(owner) if name in {"__init__", "__new__"} else None

    def weigh(self, candidates: list[Candidate]) -> list[Candidate]:
        """A loss that the model computes inside its pass is seen there, not where the model is called."""
        candidates = self._traced_back(candidates)
        learns = {
            c.moment.frame.node.id for c in candidates if c.stage in {"backward", "step"} and c.slot == "call"
        }
        inside = {c.moment.frame.node.id for c in candidates if c.stage == "loss"}
        kept = [c for c in candidates if not (c.stage == "loss" and self._calls_model(c.moment, inside))]
        kept = [
            c
            for c in kept
            if not (c.stage == "loss" and c.slot == "body" and c.moment.frame.node.id in learns)
        ]
        kept = self._prefer_inside(kept)
        kept = [replace(c, slot="define", weight=0.4) if self._makes_loss(c) else c for c in kept]
        kept = [c for c in kept if not (c.slot == "construct" and self._inside_model(c.moment.frame))]
        kept = [
            c for c in kept if not (c.stage == "model" and not c.subject and self._makes_no_model(c.moment))
        ]
        kept = [c for c in kept if not (c.stage == "eval" and self._looks_on_acting(c))]
        kept = [c for c in kept if not (c.stage == "backward" and self._is_operator(c.moment.frame))]
        return [c for c in kept if not (_is_value(c) and self._calls_evaluation(c.moment))]

    def _makes_no_model(self, moment: Moment) -> bool:
        """Does the statement make objects of the project, none of them a model: `generator = BatchGenerator(...)`?"""
        made = [f for e in moment.callees if (f := self._class_made(e.callee)) is not None]
        return bool(made) and all(self.roles.of(f) in {"data", "loss", "optimizer"} for f in made)

    def _looks_on_acting(self, c: Candidate) -> bool:
        """`policy.evaluate(state, action)` in the update of a policy, or a check of arguments while a layer is made."""
        names = [f.node.qualname.rpartition(".")[2] for f in chain(c.moment.frame)]
        if "__init__" in names:
            return True
        nodes = [self.graph.nodes[e.callee] for e in c.moment.callees]
        return acts(c.moment.frame.node) if c.moment.enter else any(acts(n) for n in nodes)

    def _is_operator(self, frame: Frame) -> bool:
        """A single differentiable operation (`torch.autograd.Function`), not the backward pass of the program."""
        facts = frame.module.classes.get(frame.owner)
        return facts is not None and any(b.endswith("Function") for b in facts.bases)

    def _traced_back(self, candidates: list[Candidate]) -> list[Candidate]:
        """The loss that matters most is the one that the backward pass starts from."""
        wanted: dict[tuple[str, str], int] = {}
        for c in candidates:
            if c.stage == "backward":
                for name in names_in(c.moment.statement):
                    key = (c.moment.frame.node.id, name)
                    wanted[key] = max(c.moment.line, wanted.get(key, 0))
        last: dict[tuple[str, str], Candidate] = {}
        for c in candidates:
            if _is_value(c):
                for name in assigned_names(c.moment.statement):
                    key = (c.moment.frame.node.id, name)
                    before = c.moment.line <= wanted.get(key, 0)
                    if before and (key not in last or last[key].moment.line < c.moment.line):
                        last[key] = c
        best = {id(c) for c in last.values()}
        return [replace(c, weight=1.1) if id(c) in best else c for c in candidates]

    def _prefer_inside(self, candidates: list[Candidate]) -> list[Candidate]:
        """A line that only calls what does the work gives way to the lines that do it."""
        works = {(c.stage, c.moment.frame.node.id) for c in candidates if c.slot in {"value", "report"}}
        found: list[Candidate] = []
        for c in candidates:
            nodes = (
                [self.graph.nodes[e.callee] for e in c.moment.callees]
                if c.stage in {"loss", "logging"}
                else []
            )
            plain = any(
                n.kind == "function" and (c.stage, n.id) in works and not self._is_loss(n) for n in nodes
            )
            little = c.moment.enter and c.stage != "forward" and says_little(c.moment.frame.definition)
            tells = c.stage == "logging" and _TELLS.search(self.finder.look(c.moment).text)
            cost = 0.35 if c.stage == "logging" and not tells else 0.2
            # of a plain function that computes the loss, the lines that do it say more than its beginning
            plain = plain or (
                c.stage == "loss"
                and c.slot == "body"
                and not self._is_loss(c.moment.frame.node)
                and (c.stage, c.moment.frame.node.id) in works
            )
            found.append(replace(c, weight=c.weight - cost) if plain or little else c)
        return found

    def _is_loss(self, node: Node) -> bool:
        module = self.program.module(node.file) if node.file else None
        facts = module.classes.get(node.qualname.rpartition(".")[0]) if module else None
        return facts is not None and self.roles.of(facts) == "loss"

    def _makes_loss(self, c: Candidate) -> bool:
        """`compute_loss = ComputeLoss(model)`, `loss_fn = F.a if x else F.b` make the judge, they do not judge."""
        if not _is_value(c):
            return False
        if not calls_of(c.moment.statement):
            return any(_JUDGE.search(name) for name in assigned_names(c.moment.statement))
        made = [self._class_made(e.callee) for e in c.moment.callees]
        return any(facts is not None and self.roles.of(facts) == "loss" for facts in made)

    def _calls_evaluation(self, moment: Moment) -> bool:
        nodes = (self.graph.nodes.get(e.callee) for e in moment.callees)
        return any(n is not None and evaluates(n) for n in nodes)

    def _calls_model(self, moment: Moment, inside: set[str]) -> bool:
        for edge in moment.callees:
            node = self.graph.nodes.get(edge.callee)
            module = self.program.module(node.file) if node and node.file else None
            if node is None or module is None or edge.callee not in inside:
                continue
            facts = module.classes.get(node.qualname.rpartition(".")[0])
            if facts and self.roles.of(facts) == "model":
                return True
        return False

    # -- libraries

    def _handed_over(self, moment: Moment) -> Iterator[Candidate]:
        look = self.finder.look(moment)
        # what a star import brings stands in no line: then the other files tell which library is at work
        own = moment.frame.module.imports.values()
        for imported in (own, self._all_imports()) if moment.frame.module.stars else (own,):
            for rule in external_rules():
                for call in look.outside:
                    stages = rule.inside(call, look.text, imported)
                    for stage in stages:
                        yield Candidate(
                            moment, stage, LIBRARY, 0.5, rule.concept, f"`{call}` hands over to a library"
                        )
                    if stages:
                        return

    def _all_imports(self) -> list[str]:
        return [name for module in self.program.loaded() for name in module.imports.values()]

    def _hook_returns(self, moment: Moment) -> Iterator[Candidate]:
        """What a training hook returns is what the library calls backward on."""
        if (
            isinstance(moment.statement, ast.Return)
            and _is_hook(moment.frame)
            and moment.symbol.endswith("training_step")
        ):
            yield Candidate(
                moment,
                "backward",
                "call",
                0.8,
                "lightning-backward",
                f"`{moment.symbol}` hands the loss back",
            )


def _one_made_per_line(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Of the models that one line makes (`Diffusion(Unet(3))`), the first that is left speaks for all."""
    said: set[tuple[str, int]] = set()
    kept: list[Candidate] = []
    for c in candidates:
        if c.slot == "construct" and c.subject:
            if c.place in said:
                continue
            said.add(c.place)
        kept.append(c)
    return kept


def _is_value(c: Candidate) -> bool:
    return c.stage == "loss" and c.slot == "value"


def _is_hook(frame: Frame) -> bool:
    return frame.node.qualname.rpartition(".")[2] in HOOKS
