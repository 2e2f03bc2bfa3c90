"""What `codetour check` does once it knows what is asked, and the common way of asking for it.

A check is what CI and hooks run most, and its own work is often shorter than the import of click, which is a tenth of
it. So a command line that says nothing unusual is read here, and click reads every other one. `check.py` beside this
file is the whole of the command: options, help, errors.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from codetour.check.report import Report

STYLES: Final = ("text", "json", "github", "sarif", "junit", "markdown")
_COMPLETION: Final = "_CODETOUR_COMPLETE"
"""set by a shell that asks click what may follow"""


class CheckOptions(NamedTuple):
    """What to check, against what, and how to tell it."""

    paths: tuple[Path, ...] = ()
    repo: Path | None = None
    """None: the folder whose `.tours` holds what is checked, else the one where we stand"""
    style: str = "text"
    mend: bool = False
    strict: bool = False
    since: str | None = None
    live: bool = False
    python: str | None = None
    timeout: float | None = None
    yes: bool = False


def read_plain(words: Sequence[str]) -> CheckOptions | None:
    """The options in the words after `codetour`, None for all that click had better read: it also words the errors."""
    if list(words[:1]) != ["check"] or os.name == "nt" or _COMPLETION in os.environ or not all(words):
        return None
    made, paths = CheckOptions(), list[Path]()
    rest = iter(words[1:])
    for word in rest:
        if not word.startswith("-"):
            paths.append(Path(word))
        elif word in _FLAGS:
            made = made._replace(**_FLAGS[word])
        elif word == "--repo" and _is_value(value := next(rest, "")):
            made = made._replace(repo=Path(value))
        elif word == "--format" and (value := next(rest, "")) in STYLES:
            made = made._replace(style=value)
        elif word == "--since" and _is_value(value := next(rest, "")):
            made = made._replace(since=value)
        else:
            return None
    style = "json" if "--json" in words else made.style
    return made._replace(paths=tuple(paths), style=style)


_FLAGS: Final[dict[str, dict[str, bool]]] = {
    "--json": {},
    "--fix": {"mend": True},
    "--strict": {"strict": True},
}


def _is_value(word: str) -> bool:
    return bool(word) and not word.startswith("-")


def check(options: CheckOptions) -> int:
    """Check, mend and report as asked; the exit code. Raises UsageProblem."""
    # a process that soon ends gains nothing from collecting, which costs it a tenth
    collecting = gc.isenabled()
    gc.disable()
    try:
        report = _judged(options)
    finally:
        if collecting:
            gc.enable()
    root = _root(options).absolute()
    if options.mend:
        from codetour.check.fix import fix

        report = fix(report, root)
    code = 0
    if options.live:
        from codetour.cli.check_live import LiveOptions, run_tours

        asked = LiveOptions(
            python=options.python, timeout=options.timeout, yes=options.yes, ask=sys.stdin.isatty()
        )
        report, code = run_tours(report, root, asked)
    _write(report, options.style)
    return report.exit_code(strict=options.strict) or code or int(bool(report.fixed))


def _judged(options: CheckOptions) -> Report:
    from codetour.check.judge import find_tours, judge
    from codetour.cli.output import ConsoleProgress, note
    from codetour.errors import UsageProblem

    repo = _root(options)
    if not repo.is_dir():
        raise UsageProblem(f"There is no folder {repo}", hint="Give the repository's folder with --repo.")
    found = find_tours(options.paths, repo)
    if not found and options.style == "text":
        asked = ", ".join(map(str, options.paths))
        note(
            f"No tour file in {asked}."
            if asked
            else f"No tours in {repo}: looked in .tours/, .vscode/tours/ and .github/tours/."
        )
    progress = ConsoleProgress(quiet=not sys.stderr.isatty())
    progress.begin("Checking tours")
    report = judge(found, repo.absolute(), progress, since=options.since)
    progress.end()
    return report._replace(folder=_folder(repo))


def _root(options: CheckOptions) -> Path:
    """The repository: of tours in a part of a larger one, that part."""
    if options.repo is not None:
        return options.repo
    homes = {_home(path.absolute()) for path in options.paths}
    return next(iter(homes)) or Path() if len(homes) == 1 else Path()


def _home(path: Path) -> Path | None:
    """The folder to which a folder of tours belongs, None for a tour that lies elsewhere."""
    for folder in (path, *path.parents):
        if folder.name == ".tours":
            return folder.parent
        if folder.name == "tours" and folder.parent.name in (".vscode", ".github"):
            return folder.parent.parent
    return None


def _folder(repo: Path) -> str:
    """The repository as seen from here: what a CI service takes the paths of findings to be relative to."""
    try:
        inside = repo.resolve().relative_to(Path.cwd().resolve()).as_posix()
    except ValueError:
        return ""
    return "" if inside == "." else f"{inside}/"


def _write(report: Report, style: str) -> None:
    from codetour.cli.output import emit_json, say

    if style == "json":
        from codetour.check.json_report import as_json

        emit_json(as_json(report))
        return
    from codetour.check import formats

    writer = {
        "text": formats.as_text,
        "github": formats.as_github,
        "sarif": formats.as_sarif,
        "junit": formats.as_junit,
        "markdown": formats.as_markdown,
    }[style]
    say(writer(report))
    if style == "github":
        _summarise(formats.as_markdown(report))


def _summarise(text: str) -> None:
    """Append to the step summary of a GitHub job, where there is one."""
    if place := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(place).open("a", encoding="utf-8") as out:
            out.write(text + "\n")
