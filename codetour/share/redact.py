"""What must not leave with a shared file: home folders, tokens, passwords."""

from __future__ import annotations

import re
from typing import Final

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


def redact(text: str) -> str:
    """`text` without home folders, tokens, and what is assigned to a name like a password."""
    text = _HOME.sub("~", _LOGIN.sub("", text))
    text = _TOKEN.sub("[redacted]", text)
    return _SECRET.sub(lambda m: f"{m[1]}[redacted]{m[3]}", text)
