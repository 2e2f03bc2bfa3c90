"""Typed access to the keys of a JSON object, collecting every problem instead of raising at the first."""

from __future__ import annotations

from typing import Any, Final, cast

from codetour.tourfile.json_limits import Path

_KINDS: Final[dict[type[Any], str]] = {
    dict: "an object",
    list: "a list",
    str: "a text",
    bool: "true or false",
    type(None): "null",
}
BIG: Final = 10**9


class Findings:
    """Problems by path, in the order found."""

    def __init__(self) -> None:
        self.found: list[tuple[Path, str]] = []

    def add(self, path: Path, text: str) -> None:
        self.found.append((path, text))


def kind_of(value: Any) -> str:
    """A word for the JSON type of a value."""
    return _KINDS.get(cast("type[Any]", type(value)), "a number")


class Fields:
    """One JSON object under inspection."""

    def __init__(self, value: dict[str, Any], path: Path, findings: Findings) -> None:
        self.value = value
        self.path = path
        self.findings = findings

    def problem(self, key: str, text: str) -> None:
        """Report `text` at `key`."""
        self.findings.add((*self.path, key), text)

    def _wrong(self, key: str, expected: str) -> None:
        self.problem(key, f"`{key}` must be {expected}, this is {kind_of(self.value[key])}")

    def text(self, key: str, default: str = "") -> str:
        """A text, `default` where the key is missing or wrong."""
        value = self.value.get(key, default)
        if isinstance(value, str):
            return value
        self._wrong(key, "a text")
        return default

    def optional(self, key: str) -> str | None:
        """A text or null."""
        return None if self.value.get(key) is None else self.text(key)

    def needed(self, key: str) -> str:
        """A text that must be there."""
        if key not in self.value:
            self.findings.add(self.path, f"`{key}` is missing")
        return self.text(key)

    def whole(self, key: str, default: int, *, low: int = 1) -> int:
        """A whole number from `low` to a billion."""
        value = self.value.get(key, default)
        if key not in self.value:
            return default
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            self._wrong(key, "a whole number")
            return default
        if not low <= value <= BIG:
            self.problem(key, f"`{key}` must be a whole number from {low} to {BIG}")
            return default
        return value

    def objects(self, key: str, limit: int) -> list[Fields]:
        """The objects of a list; other items are reported and left out."""
        made: list[Fields] = []
        for index, item in enumerate(self.items(key, limit)):
            if isinstance(item, dict):
                made.append(Fields(cast("dict[str, Any]", item), (*self.path, key, index), self.findings))
            else:
                self.findings.add((*self.path, key, index), f"an object is expected, this is {kind_of(item)}")
        return made

    def items(self, key: str, limit: int) -> list[Any]:
        """A list, bounded."""
        value = self.value.get(key, [])
        if not isinstance(value, list):
            self._wrong(key, "a list")
            return []
        items = cast("list[Any]", value)
        if len(items) > limit:
            self.problem(key, f"`{key}` has {len(items)} items, at most {limit} are read")
        return items[:limit]

    def texts(self, key: str, limit: int = 1000) -> tuple[str, ...]:
        """A list of texts."""
        made: list[str] = []
        for index, item in enumerate(self.items(key, limit)):
            if isinstance(item, str):
                made.append(item)
            else:
                self.findings.add((*self.path, key, index), f"a text is expected, this is {kind_of(item)}")
        return tuple(made)

    def table(self, key: str, limit: int = 1000) -> dict[str, str]:
        """An object whose values are texts."""
        inner = self.inner(key)
        if len(inner.value) > limit:
            self.problem(key, f"`{key}` has {len(inner.value)} keys, at most {limit} are read")
        return {k: inner.text(k) for k in list(inner.value)[:limit]}

    def inner(self, key: str) -> Fields:
        """The object at `key`; an empty one where it is missing or wrong."""
        value = self.value.get(key, {})
        if not isinstance(value, dict):
            self._wrong(key, "an object")
            value = {}
        return Fields(cast("dict[str, Any]", value), (*self.path, key), self.findings)

    def rest(self, known: frozenset[str]) -> dict[str, Any]:
        """Keys that are not ours, in their order."""
        return {k: v for k, v in self.value.items() if k not in known}
