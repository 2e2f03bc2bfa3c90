"""A chosen place -> a stop with words: title, idea, where to look, what to watch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from codetour.knowledge.concepts import card
from codetour.model.stage import STAGE_TITLES, Stage
from codetour.model.text import clean
from codetour.model.tour import Anchor, Stop
from codetour.plan.choose import Pick
from codetour.plan.facts import Facts, watched
from codetour.plan.landmarks import Candidate, header_text
from codetour.plan.moments import Moment
from codetour.plan.program import dotted_text
from codetour.plan.structure import LIBRARY

_LOSSES: Final[tuple[tuple[str, str], ...]] = (
    (
        "policy-loss",
        r"(?i)pg_loss|policy_loss|ratio|surr\d?|actor_loss|log_?prob\w*\W.*(adv|reward|return)|clip_coef",
    ),
    (
        "value-loss",
        r"(?i)v_loss|value_loss|(?<![a-z])td_|q_value|q_a\b|expected_q|critic_loss|old_val|bellman",
    ),
    (
        "adversarial-loss",
        r"(?i)adversarial|(?<![a-z])[gd]_loss|loss_?[gd]\b|errd|errg|real_loss|fake_loss|loss_gan",
    ),
    ("vae-loss", r"(?i)(?<![a-z])kld?(_loss)?\b|elbo|recons?_loss|vae"),
    ("noise-loss", r"(?i)p_losses|noise_pred|training_losses|\bnoise\b.*loss|diffusion"),
    ("binary-loss", r"(?i)bce|binary_cross|with_logits|sigmoid_cross"),
    ("cross-entropy", r"(?i)cross_?entropy|nll|softmax_cross|crossentropy"),
    ("regression-loss", r"(?i)mse|l1_?loss|mean_squared|smooth_l1|huber|img2mse"),
)
_INSIDE: Final = "The same work from the inside: how it is done, where before it was only asked for."
_ONCE_MORE: Final = "The same kind of work once more, in another place. Its idea is that of the stop before."
_SLUG: Final = re.compile(r"[^a-z0-9]+")


def make_stop(
    pick: Pick,
    facts: Facts,
    ids: dict[str, int],
    *,
    told: Mapping[str, Pick] | None = None,
    again: bool = False,
) -> Stop:
    """The stop of a pick; `again` makes the second visit of its line.

    `told` are the picks whose idea the reader has just been told, by their cards: it is not told twice.
    """
    candidate = pick.candidate
    moment = candidate.moment
    concept = refine(candidate, facts)
    found = card(concept)
    detail = describe(candidate, facts)
    name = _subject(candidate)
    title = titled(found.title, name)
    idea, look = found.idea, " ".join(part for part in (detail, found.look) if part)
    if told and concept in told:
        idea = _INSIDE if _is_inside(moment, told[concept].candidate.moment) else _ONCE_MORE
    inside: tuple[Stage, ...] = tuple(s for s in pick.also if s != candidate.stage)
    if inside:
        parts = ", ".join(STAGE_TITLES[s].lower() for s in (candidate.stage, *inside))
        look = f"Inside this one call: {parts}. {look}"
    if again:
        title, idea = (
            "The same loss, one step later",
            ("The weights have moved once. The number on this line tells whether that step was a good one."),
        )
        look = "Compare it with the first visit. One batch proves little: it should fall over many, not at every one."
    return Stop(
        id=_identity(candidate, ids, again=again),
        stage=candidate.stage,
        title=clean(title, 90),
        anchor=anchor_of(candidate),
        idea=idea,
        look=clean(look, 600),
        watch=tuple(clean(n, 60) for n in watched(moment)),
        hit=2 if again else 1,
        path=moment.frame.path(),
        why=clean(_why(candidate), 300),
        concept=concept,
        also=inside,
    )


def titled(title: str, name: str) -> str:
    """The title of a card with the name that it is about: behind a colon, or in brackets where one stands already."""
    if not name or title.lower().startswith(name.lower()):
        return title
    return f"{title} ({name})" if title.endswith("?") or ":" in title else f"{title}: {name}"


def _is_inside(moment: Moment, outer: Moment) -> bool:
    """Does the way to `moment` go through the line of `outer`?"""
    return any((step.file, step.line) == (outer.file, outer.line) for step in moment.frame.path())


def anchor_of(candidate: Candidate) -> Anchor:
    """Where the stop stands; fingerprints are added elsewhere."""
    moment = candidate.moment
    text = moment.frame.module.source.line(moment.line).strip()
    return Anchor(moment.file, moment.line, symbol_at(candidate), text)


def symbol_at(candidate: Candidate) -> str:
    """Qualname of the function round the line."""
    node = candidate.moment.frame.node
    return node.qualname if node.kind != "module" else "<module>"


def refine(candidate: Candidate, facts: Facts) -> str:
    """The card that fits best: for a loss by the names in it and by what made its criterion."""
    if candidate.stage != "loss" or candidate.slot == LIBRARY or candidate.concept == "compile":
        return candidate.concept
    text = header_text(candidate.moment.statement)
    if candidate.moment.enter:
        text = candidate.moment.symbol
    maker = facts.maker(_criterion(candidate))
    for words in (text, maker):
        hit = next((key for key, pattern in _LOSSES if words and re.search(pattern, words)), None)
        if hit:
            return hit
    return candidate.concept


def _criterion(candidate: Candidate) -> str:
    """Last part of the name of what is called to compute the loss."""
    value = getattr(candidate.moment.statement, "value", None)
    func = getattr(value, "func", None)
    return dotted_text(func).rpartition(".")[2] if func is not None else ""


def describe(candidate: Candidate, facts: Facts) -> str:
    """One short sentence with what is particular to this place, or ""."""
    makers: Mapping[Stage, str] = {"loss": "The measure in use is {}.", "step": "The rule in use is {}."}
    if candidate.stage == "loss":
        maker = facts.maker(_criterion(candidate))
    elif candidate.stage == "step" and candidate.slot == "call":
        maker = next((_made_by(m.statement) for m in facts.optimizers), "")
    else:
        maker = ""
    if maker[:1].isupper() or "loss" in maker:
        return makers[candidate.stage].format(maker)
    if candidate.stage == "forward" and candidate.slot == "inner":
        outer = candidate.moment.frame.parent
        return f"It runs inside {outer.node.qualname.partition('.')[0]}." if outer and outer.owner else ""
    return ""


def _made_by(statement: object) -> str:
    value = getattr(statement, "value", None)
    return dotted_text(getattr(value, "func", None) or value).rpartition(".")[2] if value is not None else ""


def _subject(candidate: Candidate) -> str:
    """The name that a title ends with."""
    moment = candidate.moment
    if candidate.stage in {"forward", "model"} and moment.enter:
        return moment.frame.owner or moment.symbol.rpartition(".")[2]
    if candidate.subject:
        return candidate.subject
    if moment.enter:
        return moment.symbol
    if candidate.stage == "loss" and candidate.slot == "value":
        return _first(moment)
    return ""


def _first(moment: Moment) -> str:
    names = watched(moment, most=1)
    return names[0] if names else ""


def _why(candidate: Candidate) -> str:
    doubt = candidate.moment.doubt
    tail = " Whether it runs depends on a condition that options leave open." if doubt else ""
    late = " It is not reached the first time round the loop." if candidate.moment.late else ""
    return f"{candidate.why[:1].upper()}{candidate.why[1:]}.{late}{tail}"


def _identity(candidate: Candidate, ids: dict[str, int], *, again: bool) -> str:
    """Stage and symbol, numbered where a function holds several stops of a stage."""
    symbol = symbol_at(candidate)
    where = candidate.moment.file.rpartition("/")[2].partition(".")[0] if symbol == "<module>" else symbol
    words = _SLUG.sub("-", f"{candidate.stage} {where}".lower()).strip("-")[:80]
    if again:
        words += "-again"
    ids[words] = ids.get(words, 0) + 1
    return words if ids[words] == 1 else f"{words}-{ids[words]}"
