"""What must not lie in a recording or leave with a shared file: home folders, tokens, passwords."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from codetour.model.events import Ended
from codetour.model.recording import Recording
from codetour.model.value import Change, Frame, Seen, Value

REDACTED: Final = "[redacted]"

_HOME: Final = re.compile(
    r"(?:/home|/Users)/[^/\s\"':]+|/root(?=[/\s\"':]|$)|[A-Za-z]:\\+Users\\+[^\\\s\"':]+"
)
_TOKEN: Final = re.compile(
    r"\b(?:hf_[A-Za-z0-9]{20,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|sk-[A-Za-z0-9_-]{20,}"
    r"|AKIA[0-9A-Z]{16}|xox[abpr]-[A-Za-z0-9-]{10,}|AIza[\w-]{30,}|glpat-[\w-]{20,}"
    r"|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,})"
)
_SECRET: Final = re.compile(
    r"(?i)((?:api[_-]?key|secret|token|passw(?:or)?d|auth)[\"']?\s*[:=]\s*[\"'])([^\"'\n]{6,})([\"'])"
)
_LOGIN: Final = re.compile(r"(?<=://)[^/\s@\"']+@")
# narrower than for source text: `token` and `tokens` name words in half of all repositories
_SECRET_NAME: Final = re.compile(
    r"(?i)(?:api|access|private|secret|auth)[_-]?(?:key|token)|(?:hf|hub|wandb|github|bearer)[_-]?(?:key|token)"
    r"|passw(?:or)?d|passphrase|credential|(?:^|[_.\-])secret$"
)


@dataclass(frozen=True, slots=True)
class Secret:
    """Something that `redact` takes out, told without telling it."""

    kind: str
    hint: str
    """enough to recognise it: its beginning, or the name it is assigned to"""


def secrets(text: str) -> list[Secret]:
    """What `redact` would take out of `text`."""
    made = [Secret("home folder", "~") for _ in _HOME.finditer(text)]
    made += [Secret("login in an address", "") for _ in _LOGIN.finditer(text)]
    made += [Secret("token", m.group()[:4] + "…") for m in _TOKEN.finditer(text)]
    rest = _TOKEN.sub(REDACTED, text)
    made += [
        Secret("value of a secret", m[1].rstrip(" =:\"'")) for m in _SECRET.finditer(rest) if m[2] != REDACTED
    ]
    return made


def redact(text: str) -> str:
    """`text` without home folders, tokens, and what is assigned to a name like a password."""
    text = _HOME.sub("~", _LOGIN.sub("", text))
    text = _TOKEN.sub(REDACTED, text)
    return _SECRET.sub(lambda m: f"{m[1]}{REDACTED}{m[3]}", text)


def redact_recording(recording: Recording) -> Recording:
    """The recording as it may lie on disk."""
    end = recording.end
    return replace(
        recording,
        repo=redact(recording.repo),
        command=_command(recording.command),
        seen=tuple(_seen(s) for s in recording.seen),
        missed={stop: redact(why) for stop, why in recording.missed.items()},
        output=redact(recording.output),
        end=_end(end) if end is not None else None,
    )


def _end(end: Ended) -> Ended:
    return replace(end, message=redact(end.message), mend=redact(end.mend))


def _command(words: Iterable[str]) -> tuple[str, ...]:
    """The command line; `--api-key X` and `--api-key=X` without X."""
    made: list[str] = []
    hidden = False
    for word in words:
        name, equals, _ = word.partition("=")
        secret = bool(_SECRET_NAME.search(name))
        if hidden and not word.startswith("-"):
            made.append(REDACTED)
        elif secret and equals:
            made.append(f"{name}={REDACTED}")
        else:
            made.append(redact(word))
        hidden = secret and not equals and word.startswith("-")
    return tuple(made)


def _seen(seen: Seen) -> Seen:
    return replace(
        seen,
        frames=tuple(_frame(f) for f in seen.frames),
        changes=tuple(_change(c) for c in seen.changes),
        reason=redact(seen.reason),
    )


def _frame(frame: Frame) -> Frame:
    return replace(frame, file=redact(frame.file), values=tuple(_value(v) for v in frame.values))


def _change(change: Change) -> Change:
    return replace(change, text=REDACTED if _SECRET_NAME.search(change.name) else redact(change.text))


def _value(value: Value) -> Value:
    scalar = value.scalar
    if isinstance(scalar, str):
        scalar = REDACTED if _SECRET_NAME.search(value.name) else redact(scalar)
    return replace(
        value,
        name=redact(value.name),
        scalar=scalar,
        facts={name: redact(text) for name, text in value.facts.items()},
        items=tuple(_value(item) for item in value.items),
    )
