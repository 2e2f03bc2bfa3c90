"""The stages of a training or evaluation run: the chapters of a tour.

`start` (the entry point itself) and `end` frame a tour; the eleven between them are what landmarks are evidence of.
"""

from __future__ import annotations

from typing import Literal, get_args

Stage = Literal[
    "start",
    "config",
    "data",
    "model",
    "forward",
    "loss",
    "backward",
    "step",
    "eval",
    "metrics",
    "checkpoint",
    "logging",
    "end",
]

STAGES: tuple[Stage, ...] = get_args(Stage)

STAGE_TITLES: dict[Stage, str] = {
    "start": "Start",
    "config": "Configuration",
    "data": "Data",
    "model": "Model",
    "forward": "Forward pass",
    "loss": "Loss",
    "backward": "Backward pass",
    "step": "Optimizer step",
    "eval": "Evaluation",
    "metrics": "Metrics",
    "checkpoint": "Checkpoint",
    "logging": "Logging",
    "end": "End",
}

Role = Literal["train", "eval", "other"]
"""What an entry point is for."""
