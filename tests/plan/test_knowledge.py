"""Reads every row of the tables that the planner uses."""

from __future__ import annotations

import re

import pytest

from codetour.knowledge.concepts import card, cards, concept_of
from codetour.knowledge.externals import external_rules
from codetour.knowledge.landmarks import landmark_rules
from codetour.knowledge.tables import read_toml
from codetour.knowledge.words import assumed_truth
from codetour.model.stage import STAGES
from codetour.plan.choose import SLOTS


def test_every_rule_names_a_stage_a_slot_and_a_card():
    for rule in landmark_rules():
        assert rule.stage in STAGES
        assert rule.slot in SLOTS[rule.stage]
        assert 0 < rule.weight <= 1
        assert rule.concept in cards()
        assert any((rule.call, rule.text, rule.assign, rule.over, rule.enter))


def test_every_library_rule_names_stages_and_a_card():
    for rule in external_rules():
        assert set(rule.stages) <= set(STAGES)
        assert set(rule.if_text) <= set(STAGES)
        assert rule.concept in cards()


@pytest.mark.parametrize("key", sorted(read_toml("concepts")))
def test_cards_speak_plainly(key):
    found = card(key)
    assert 3 <= len(found.title) <= 60
    assert found.idea.endswith((".", "?"))
    assert found.look.endswith(".")
    assert not re.search(r"[`_()\[\]{}=]|\w\.\w", found.idea)
    assert 40 <= len(found.idea) <= 260


def test_axes_have_meanings():
    assert all(name.isidentifier() and meaning for name, meaning in read_toml("axes")["axis"].items())


@pytest.mark.parametrize(
    ("name", "concept"),
    [
        ("CausalSelfAttention", "attention"),
        ("MLP", "feedforward"),
        ("BasicBlock", "block"),
        ("Discriminator", "discriminator"),
        ("GraphConvolution", "graph-layer"),
        ("UNetModel", "diffusion"),
        ("LayerNorm", "normalization"),
    ],
)
def test_parts_of_models_are_known_by_name(name, concept):
    assert concept_of(name, None) == concept


@pytest.mark.parametrize(
    ("name", "truth"), [("args.distributed", False), ("self.training", True), ("width", None)]
)
def test_what_is_taken_for_granted(name, truth):
    assert assumed_truth(name) is truth
