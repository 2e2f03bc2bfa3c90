"""What the user has agreed to run. Kept outside every repository, so that none can trust itself.

Consent is for one thing exactly: this folder at this commit, this command, this working directory, these changes to
the environment. When any of them differs, it is asked again; a work tree with uncommitted changes is never remembered.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from codetour.model.source import Tree
from codetour.places import state_dir
from codetour.session.command import Command


def key(tree: Tree, command: Command) -> str | None:
    """What stands for this consent in the store; None when it must be asked every time."""
    if tree.commit is None or tree.dirty:
        return None
    changes = sorted(o.arg for o in (*command.environment.overrides, *command.changes))
    facts = [str(tree.root), tree.commit, list(command.shown), str(command.cwd), changes]
    if command.added:
        facts.append(sorted(command.added))
    if command.sandbox is not None:
        # who agreed to a run in a sandbox has not agreed to one without
        facts.append("sandbox")
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def is_trusted(tree: Tree, command: Command) -> bool:
    """The user has agreed to exactly this before."""
    found = key(tree, command)
    return found is not None and _place(found).is_file()


def trust(tree: Tree, command: Command) -> bool:
    """Remember the consent; False when it cannot be remembered."""
    found = key(tree, command)
    if found is None:
        return False
    place = _place(found)
    place.parent.mkdir(parents=True, exist_ok=True)
    # the content is for the person who looks into the folder; only the name counts
    place.write_text(
        json.dumps({"repo": tree.name, "command": list(command.shown)}, indent=2), encoding="utf-8"
    )
    return True


def describe(command: Command) -> list[str]:
    """What will be executed, line by line, for the question."""
    import shlex

    lines = [f"command    {shlex.join(command.shown)}", f"folder     {command.cwd}"]
    lines += [f"adds       {text}" for text in command.added]
    lines += [f"change     {o.arg}  ({o.why})" for o in (*command.changes, *command.environment.overrides)]
    if command.environment.hidden:
        lines.append(f"hidden     {', '.join(command.environment.hidden)} (variables that look like secrets)")
    if command.isolation:
        lines.append(f"isolation  {command.isolation}")
    return lines


def _place(name: str) -> Path:
    return state_dir() / "consent" / f"{name}.json"
