"""The protocol's messages that are used, as values; whatever is missing or of another type becomes a default."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any, cast


def quoted(text: str) -> list[str]:
    """The texts of a list that the program's side wrote; none where it is something else."""
    try:
        found = ast.literal_eval(text)
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return []
    return [t for t in cast("list[object]", found) if isinstance(t, str)] if isinstance(found, list) else []


def _int(body: dict[str, Any], key: str, default: int = 0) -> int:
    value = body.get(key)
    return value if isinstance(value, int) else default


def _str(body: dict[str, Any], key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""


def _dict(body: dict[str, Any], key: str) -> dict[str, Any]:
    value = body.get(key)
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


@dataclass(frozen=True, slots=True)
class SystemInfo:
    """Who has connected."""

    pid: int
    parent: int
    python: str

    @staticmethod
    def of(body: dict[str, Any]) -> SystemInfo:
        process, python = _dict(body, "process"), _dict(body, "python")
        return SystemInfo(_int(process, "pid"), _int(process, "ppid"), _str(python, "version"))


@dataclass(frozen=True, slots=True)
class Stopped:
    """A thread stands still."""

    thread: int
    reason: str
    """breakpoint, step, pause, exception, ..."""
    text: str

    @staticmethod
    def of(body: dict[str, Any]) -> Stopped:
        return Stopped(
            _int(body, "threadId"), _str(body, "reason"), _str(body, "text") or _str(body, "description")
        )


@dataclass(frozen=True, slots=True)
class StackFrame:
    """One call on the stack, as the debugger names it."""

    id: int
    name: str
    path: str
    line: int
    beside: str = ""
    """a thread or task that does not stand still: it is looked at from beside, and nothing runs in it"""

    @property
    def asked_in(self) -> int | None:
        """The frame in which questions are evaluated; None: beside the program's threads."""
        return None if self.beside else self.id

    @staticmethod
    def of(body: dict[str, Any]) -> StackFrame:
        source = _dict(body, "source")
        return StackFrame(_int(body, "id"), _str(body, "name"), _str(source, "path"), _int(body, "line"))


@dataclass(frozen=True, slots=True)
class BreakpointAnswer:
    """Where a breakpoint was really put."""

    line: int
    verified: bool
    message: str

    @staticmethod
    def of(body: dict[str, Any]) -> BreakpointAnswer:
        return BreakpointAnswer(_int(body, "line"), bool(body.get("verified")), _str(body, "message"))


@dataclass(frozen=True, slots=True)
class ExceptionInfo:
    """An exception at which the program stands."""

    type: str
    message: str
    handled: bool = False
    """it was only raised; somebody may catch it"""

    @staticmethod
    def of(body: dict[str, Any]) -> ExceptionInfo:
        details = _dict(body, "details")
        name = _str(body, "exceptionId") or _str(details, "typeName") or "Exception"
        # pydevd appends a remark on where it shows the exception
        name = name.partition("(note:")[0].strip() or "Exception"
        said = _str(body, "description") or _str(details, "message")
        # pydevd's words for an exception without any
        said = "" if said == "exception: no description" else said
        return ExceptionInfo(name, said, handled=_str(body, "breakMode") == "always")
