"""Text -> syntax tree, also when the text is newer than the Python that codetour runs on.

The standard parser is eleven times faster than libcst and is tried first. Where it fails, libcst, which knows the
grammar of every Python 3, reads the text and writes it again without the syntax that is new (type parameters,
`type` statements, `except*`, nested quotes in f-strings); lines stay where they are.
"""

from __future__ import annotations

import ast
import re
import warnings
from typing import Final

_ASYNC: Final = re.compile(r"\basync(?=\s*=[^=])")
"""`x.cuda(async=True)`: a name until Python 3.6; what replaces it is as long, so that columns stay"""


def parse(text: str) -> ast.Module:
    """The tree of `text`; raises SyntaxError with a message for people."""
    first: Exception | None = None
    for rewritten in (str, _before_async, _older):
        source = rewritten(text)
        if source is None:
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            first = first or error
    raise SyntaxError(_words(first))


def _words(error: Exception | None) -> str:
    if isinstance(error, SyntaxError):
        return f"line {error.lineno}: {error.msg}"
    return f"{type(error).__name__}: {error}"


def _before_async(text: str) -> str | None:
    return _ASYNC.sub("asyn_", text) if _ASYNC.search(text) else None


def _older(text: str) -> str | None:
    """`text` in syntax that every supported Python reads, or None when libcst cannot read it either."""
    if "type " not in text and "[" not in text and "except*" not in text and "{" not in text:
        return None
    from codetour.graph.downlevel import rewrite  # 0.15 s of import, needed for one file in a thousand

    return rewrite(text)
