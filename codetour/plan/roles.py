"""What a class of the project is for: a model, a loss, a data set; told by its bases and methods."""

from __future__ import annotations

import ast
import re
from typing import Final, Literal

from codetour.model.graph import Node
from codetour.plan.moments import Frame
from codetour.plan.program import ClassFacts, Program, dotted_text

ClassRole = Literal["model", "loss", "data", "optimizer", "other"]

_MODEL_BASES: Final = frozenset(
    (
        "Module",
        "Model",
        "Layer",
        "LightningModule",
        "Chain",
        "Sequential",
        "ModuleList",
        "PreTrainedModel",
        "nn.Module",
    )
)
_LOSS: Final = re.compile(r"(?i)(loss\w*|criterion|objective|cross_?entropy\w*)$|^(loss|criterion)")
_DATA: Final = re.compile(r"(?i)(dataset|datamodule|sampler|dataloader|loader)$")
HOOKS: Final = frozenset(
    (
        "training_step", "validation_step", "test_step", "configure_optimizers", "model_step", "shared_step",
        "_shared_step", "on_fit_start", "on_train_start", "compute_loss", "setup", "train_dataloader", "val_dataloader",
        "step", "_step", "common_step", "build", "get_config", "compute_output_shape",
    )
)  # fmt: skip
"""methods that a trainer calls back; they train a model and are not its pass"""
FORWARD: Final = re.compile(r"^_?(forward|__call__|call|forward_\w+|_forward_\w+)$")
"""names under which a model's pass goes"""

EVALUATES: Final = re.compile(
    r"(?i)_?((run|do|periodic|compute|check)_)?(eval|evaluate|evaluation|valid|validate|validation|vali|val|test|dev|estimate_loss|infer\w*|sample|generate|predict)"
    r"(_(?!data|loader|dataset|set|batch)\w+)?$|render_path$|p_sample_loop$|on_(eval|evaluate|validation|test)\w*$|compute_metrics$"
)
"""names of functions that look at the model without training it"""
_POLICY: Final = re.compile(r"(?i)policy|actor|critic|^ac$|net$|network$|distribution")
_WHOLE: Final = frozenset(("run", "main", "__call__"))


_ACTS: Final = frozenset(
    ("evaluate", "sample", "predict", "infer", "evaluate_actions", "evaluate_action", "sample_action")
)
"""what a policy does in the midst of training; elsewhere the names of looking without learning"""


def acts(node: Node) -> bool:
    """Is it a policy's own method, which training calls to weigh an action?"""
    owner, _, name = node.qualname.rpartition(".")
    return name in _ACTS and _POLICY.search(owner) is not None


def evaluates(node: Node) -> bool:
    """Does the function look at the model without training it, as far as its name (or its file's) tells?"""
    name = node.qualname.rpartition(".")[2]
    if acts(node):
        return False
    if EVALUATES.match(name):
        return True
    stem = (node.file or "").rpartition("/")[2].partition(".")[0]
    return name in _WHOLE and EVALUATES.match(stem) is not None


_LAYER: Final = re.compile(
    r"(^|\.)(tf|tensorflow|v1)\.nn\.(conv\w+|embedding_lookup|xw_plus_b|dynamic_rnn|relu)$|(^|\.)(tf\.layers|slim|contrib\.layers)\.\w+$"
)
_TABLE: Final = re.compile(r"(?i)(info|config|vocab\w*|registry|dict|dictionary|tokenizer|array|tensor)$")
"""names of classes that are looked things up in"""
FEWEST_LAYERS: Final = 2


def _describes_layers(facts: ClassFacts) -> bool:
    """Does making one describe a network, layer by layer, as programs for TensorFlow 1 do?"""
    start = facts.methods.get("__init__")
    calls = [n for n in ast.walk(start) if isinstance(n, ast.Call)] if start else []
    return sum(1 for n in calls if _LAYER.search(dotted_text(n.func))) >= FEWEST_LAYERS


class Roles:
    """Answers what classes are for; remembers."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._known: dict[tuple[str, str], ClassRole] = {}

    def of(self, facts: ClassFacts) -> ClassRole:
        """The role of a class."""
        key = (facts.file, facts.qualname)
        if key not in self._known:
            self._known[key] = self._judge(facts)
        return self._known[key]

    def of_owner(self, frame: Frame) -> ClassRole | None:
        """The role of the class that the frame's function is a method of; None for a plain function."""
        facts = frame.module.classes.get(frame.owner) if frame.owner else None
        return self.of(facts) if facts else None

    def _judge(self, facts: ClassFacts) -> ClassRole:
        bases = self._program.ancestry(facts)
        ends = {b.rpartition(".")[2] for b in bases}
        if _LOSS.search(facts.name):
            return "loss"
        if _DATA.search(facts.name) or any(_DATA.search(e) for e in ends):
            return "data"
        if "Optimizer" in ends or ("step" in facts.methods and "zero_grad" in facts.methods):
            return "optimizer"
        if ends & _MODEL_BASES or any(e.endswith(("Module", "Model", "Layer")) for e in ends):
            return "model"
        if "forward" in facts.methods or ("__call__" in facts.methods and "parameters" in facts.methods):
            return "model"
        if _describes_layers(facts):
            return "model"
        table = bool({"keys", "items", "__setitem__", "__contains__", "append"} & set(facts.methods))
        sized = "__len__" in facts.methods or any("datasets." in b for b in bases)
        table = table or _TABLE.search(facts.name) is not None
        return "data" if "__getitem__" in facts.methods and sized and not table else "other"
