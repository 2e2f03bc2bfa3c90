"""What a tour changes about a run: environment variables and settings, each with its reason, each refusable.

The command line and the screen show them before anything starts. What the user or the launch sets always wins.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from codetour.environment.activation import activation_variables
from codetour.model.entry import Override
from codetour.session.options import LaunchOptions
from codetour.session.sandbox import cleared

DATA_WORKERS: Final = "data-workers"
MAX_BATCHES: Final = "max-batches"

ENVIRONMENT: Final = (
    Override("TORCHDYNAMO_DISABLE=1", "a compiled function cannot be stopped in"),
    Override("MPLBACKEND=Agg", "a plot window would wait for somebody to close it"),
    Override("WANDB_MODE=offline", "nothing is sent to an experiment tracker"),
    Override("HF_HUB_OFFLINE=1", "nothing is sent to or fetched from the Hugging Face hub"),
    Override("PYTHONUNBUFFERED=1", "output appears when it is written"),
)

DEBUGGER_ENVIRONMENT: Final = {
    # frozen-module warnings would land in the program's output
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    # seconds after which an expression is interrupted, and the session lives; below Limits.evaluate
    "PYDEVD_INTERRUPT_THREAD_TIMEOUT": "4",
    # its other way to trace cannot be switched off again; the program runs untraced anyway (`inside/fast_forward`)
    "PYDEVD_USE_FRAME_EVAL": "NO",
}
"""needed by the debugger itself, without effect on the program"""

SECRET: Final = re.compile(
    r"TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|API_?KEY|PRIVATE_KEY|ACCESS_KEY|AUTH|SESSION_KEY|COOKIE",
    re.IGNORECASE,
)
KEPT: Final = frozenset({"XAUTHORITY"})


@dataclass(frozen=True, slots=True)
class Environment:
    """The environment of a run and what was done to it."""

    variables: dict[str, str]
    overrides: tuple[Override, ...]
    hidden: tuple[str, ...]
    """names that look like secrets and are not passed on"""


def planned(options: LaunchOptions, launch_env: Mapping[str, str]) -> tuple[Override, ...]:
    """The overrides that will take effect, in words for people."""
    given = {**os.environ, **launch_env, **options.env}
    found = [o for o in ENVIRONMENT if _name(o) not in given and _name(o) not in options.refused]
    if options.max_batches and MAX_BATCHES not in options.refused:
        found.append(
            Override(
                f"{MAX_BATCHES}={options.max_batches}",
                "each pass over the data ends early, so that evaluation comes soon",
            )
        )
    if DATA_WORKERS not in options.refused:
        found.append(
            Override(f"{DATA_WORKERS}=0", "data is loaded where it can be stopped in: in the main process")
        )
    return tuple(found)


def environment(
    options: LaunchOptions, launch_env: Mapping[str, str], *, sandboxed: bool = False
) -> Environment:
    """What the program's environment will be."""
    hidden = tuple(
        sorted(n for n in os.environ if SECRET.search(n) and n not in KEPT and n not in options.refused)
    )
    variables = {k: v for k, v in os.environ.items() if k not in hidden}
    if sandboxed:
        variables = cleared(variables)
    variables = activation_variables(options.python, variables)
    for name in ("PYTHONHOME", "PYTHONSTARTUP", "DEBUGPY_RUNNING"):
        variables.pop(name, None)
    overrides = planned(options, launch_env)
    for override in overrides:
        name, _, value = override.arg.partition("=")
        if name not in {DATA_WORKERS, MAX_BATCHES}:
            variables[name] = value
    variables.update(DEBUGGER_ENVIRONMENT)
    variables.update(launch_env)
    if "PYTHONPATH" in launch_env and os.environ.get("PYTHONPATH"):
        # both the user's folders and those that the launch needs; the user's come first
        variables["PYTHONPATH"] = os.pathsep.join((os.environ["PYTHONPATH"], launch_env["PYTHONPATH"]))
    variables.update(options.env)
    return Environment(variables, overrides, hidden)


def _name(override: Override) -> str:
    return override.arg.partition("=")[0]
