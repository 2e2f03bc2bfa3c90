"""Every way codetour can end that is not success, each with an exit code and the next step to take.

    CodetourError                 1
    ├── UsageProblem              2   the command or a tour file is not valid
    ├── SourceError               3   the repository was not had
    ├── NoEntryPoint              4   nothing to run was found
    ├── EnvironmentProblem        5   no interpreter that can run it
    ├── SessionError              6   the debug session failed
    └── Interrupted             130   the user stopped it

One function prints them (`codetour.cli.output.fail`); nothing else writes an error to the terminal.
"""

from __future__ import annotations


class CodetourError(Exception):
    """What happened, where, and `hint`: what to do next (one sentence, may name a command)."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageProblem(CodetourError):
    """The command line or a tour file is not valid."""

    exit_code = 2


class SourceError(CodetourError):
    """A repository, or a file of it, could not be had."""

    exit_code = 3


class NoEntryPoint(CodetourError):
    """No training or evaluation entry point, or not the one that was named."""

    exit_code = 4


class EnvironmentProblem(CodetourError):
    """No interpreter that could run the entry point."""

    exit_code = 5


class SessionError(CodetourError):
    """The debug session could not start or broke."""

    exit_code = 6


class Interrupted(CodetourError):
    """The user stopped the work; nothing is left running."""

    exit_code = 130

    def __init__(self, message: str = "Stopped.", *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
