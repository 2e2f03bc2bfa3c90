"""A repository whose git configuration and hooks name programs: no command may start one of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TRAIN = """\
import os


def main():
    loss = 1
    for i in range(3):
        loss = loss * 2
    print(loss)


if __name__ == "__main__":
    main()
"""
PROGRAMS = {
    "core": ("fsmonitor", "pager", "sshCommand", "editor", "askPass", "gitProxy", "alternateRefsCommand"),
    "pager": ("log", "diff", "blame", "show"),
    "diff": ("external",),
    'diff "evil"': ("textconv", "command"),
    'filter "evil"': ("clean", "smudge", "process"),
    'merge "evil"': ("driver",),
    "gpg": ("program",),
    'gpg "ssh"': ("program",),
    "credential": ("helper",),
    "interactive": ("diffFilter",),
}
ALIASES = ("log", "rev-parse", "cat-file", "diff", "blame", "show", "ls-tree", "ls-files", "status")
HOOKS = ("post-checkout", "post-index-change", "pre-auto-gc", "reference-transaction", "fsmonitor-watchman")
COMMANDS = (
    ("check",),
    ("check", "--since", "HEAD~2"),
    ("check", "--fix"),
    ("tours",),
    ("replay", ".tours/own.tour", "--plain"),
    ("replay", ".tours/bare.tour", "--plain"),
    ("share", ".tours/own.tour", "--to", "md", "--dry-run"),
    ("new", ".tours/new.tour", "--at", "renamed.py:5"),
    ("entries", "."),
    ("graph", "."),
    ("plan", ".", "-o", "plan.tour"),
    ("doctor", "."),
)


@pytest.fixture(scope="module")
def evil(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("evil") / "repository"
    root.mkdir()

    def git(*args: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@b")
        subprocess.run(["git", *who, *args], cwd=root, check=True, capture_output=True)

    git("init", "-q")
    (root / "train.py").write_text(TRAIN)
    git("add", "-A")
    git("commit", "-q", "-m", "one")
    assert (
        codetour(root, "new", ".tours/own.tour", "--at", "train.py:5", "--at", "train.py:7").returncode == 0
    )
    step = {"file": "train.py", "line": 7, "description": "x"}
    (root / ".tours/bare.tour").write_text(json.dumps({"title": "Bare", "steps": [step]}))
    git("add", "-A")
    git("commit", "-q", "-m", "two")
    git("mv", "train.py", "renamed.py")
    (root / "renamed.py").write_text("import sys\n" + TRAIN)
    (root / ".gitattributes").write_text("* diff=evil filter=evil merge=evil\n")
    git("add", "-A")
    git("commit", "-q", "-m", "three")
    arm(root)
    (root / "renamed.py").write_text("import re\n" + TRAIN)
    return root


def arm(root: Path) -> None:
    """Every place in which git looks for a program names one that leaves a mark beside the repository."""

    def mark(name: str) -> str:
        return f"touch {root.parent}/started-{name.replace(chr(34), '').replace(' ', '-')}"

    lines = []
    for section, keys in PROGRAMS.items():
        lines += [f"[{section}]", *(f"\t{key} = {mark(section + '.' + key)}" for key in keys)]
    lines += ["[alias]", *(f"\t{name} = !{mark('alias.' + name)}" for name in ALIASES)]
    lines += [
        "[log]",
        "\tshowSignature = true",
        "[submodule]",
        "\trecurse = true",
        '[filter "evil"]',
        "\trequired = true",
    ]
    lines += ['[remote "origin"]', f"\turl = ext::{mark('ext')}", f"\tuploadpack = {mark('uploadpack')}"]
    lines += [
        "\tpromisor = true",
        "\tpartialclonefilter = blob:none",
        "[extensions]",
        "\tpartialClone = origin",
    ]
    with (root / ".git/config").open("a") as config:
        config.write("\n".join(lines) + "\n")
    for name in HOOKS:
        hook = root / ".git/hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\n{mark('hook.' + name)}\n")
        hook.chmod(0o755)


def codetour(root: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "codetour", *args], cwd=root, capture_output=True, text=True, timeout=120,
        stdin=subprocess.DEVNULL, check=False, env={**os.environ, "CODETOUR_HOME": str(root.parent / "home")},
    )  # fmt: skip


def test_the_trap_is_armed(evil: Path) -> None:
    """Git itself falls into it: else the test below could not fail."""
    subprocess.run(["git", "status"], cwd=evil, capture_output=True, check=False)
    subprocess.run(["git", "diff"], cwd=evil, capture_output=True, check=False)
    marks = list(evil.parent.glob("started-*"))
    assert marks != []
    for mark in marks:
        mark.unlink()


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_no_program_that_a_repository_names_is_started(evil: Path, command: tuple[str, ...]) -> None:
    done = codetour(evil, *command)
    assert "Traceback" not in done.stderr
    assert [m.name for m in evil.parent.glob("started-*")] == []
