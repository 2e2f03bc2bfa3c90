"""New syntax written in old: what libcst reads and an older Python's parser does not.

Only the call graph reads the result, so type parameters may vanish and an f-string may become a tuple of the
expressions in it. Every statement keeps its line.
"""

from __future__ import annotations

from typing import Any

import libcst as cst


def rewrite(text: str) -> str | None:
    """`text` without type parameters, `type` statements, `except*` and f-string nesting; None if it is not Python."""
    try:
        return cst.parse_module(text).visit(_Older()).code
    except (cst.ParserSyntaxError, cst.CSTValidationError, RecursionError, ValueError, TypeError):
        return None


class _Older(cst.CSTTransformer):
    def leave_FunctionDef(
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef:
        return updated_node.with_changes(type_parameters=None)

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.ClassDef:
        return updated_node.with_changes(type_parameters=None)

    def leave_TypeAlias(self, original_node: Any, updated_node: Any) -> cst.Assign:
        return cst.Assign([cst.AssignTarget(updated_node.name)], updated_node.value)

    def leave_TryStar(self, original_node: cst.TryStar, updated_node: cst.TryStar) -> cst.Try:
        handlers = [
            cst.ExceptHandler(body=h.body, type=h.type, name=h.name, leading_lines=h.leading_lines)
            for h in updated_node.handlers
        ]
        return cst.Try(
            body=updated_node.body,
            handlers=handlers,
            orelse=updated_node.orelse,
            finalbody=updated_node.finalbody,
            leading_lines=updated_node.leading_lines,
        )

    def leave_FormattedString(
        self, original_node: cst.FormattedString, updated_node: cst.FormattedString
    ) -> cst.BaseExpression:
        inside = [p.expression for p in updated_node.parts if isinstance(p, cst.FormattedStringExpression)]
        if not inside or "\n" in cst.Module([]).code_for_node(updated_node):
            return updated_node
        elements = [cst.Element(e) for e in inside]
        return cst.Tuple(elements, lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
