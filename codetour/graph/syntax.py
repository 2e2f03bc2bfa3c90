"""Text -> syntax tree, also when the text is newer than the Python that codetour runs on.

The standard parser is eleven times faster than libcst and is tried first. Where it fails, libcst, which knows the
grammar of every Python 3, reads the text and writes it again without the syntax that is new (type parameters,
`type` statements, `except*`, nested quotes in f-strings); lines stay where they are.
"""

from __future__ import annotations

import ast
import warnings


def parse(text: str) -> ast.Module:
    """The tree of `text`; raises SyntaxError with a message for people."""
    first: Exception | None = None
    for attempt in (text, None):
        source = attempt if attempt is not None else _older(text)
        if source is None:
            break
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


def _older(text: str) -> str | None:
    """`text` in syntax that every supported Python reads, or None when libcst cannot read it either."""
    if "type " not in text and "[" not in text and "except*" not in text and "{" not in text:
        return None
    from codetour.graph.downlevel import rewrite  # 0.15 s of import, needed for one file in a thousand

    return rewrite(text)
