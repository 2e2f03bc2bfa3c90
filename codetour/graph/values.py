"""What the abstract machine knows of a value: the set of things it may be.

A `Value` is a tuple of atoms without repeats, in the order in which they were met, so that two runs over the same
files give the same graph. The empty tuple is "unknown". Atoms stand for constants, functions, classes, objects
(one per place that creates them and context), modules and whatever lies outside the repository.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Union

if TYPE_CHECKING:
    from codetour.graph.machine import Module, Scope

Value = tuple["Atom", ...]
NOTHING: Final[Value] = ()
MOST_ATOMS: Final = 24
"""a value that may be more things than this is cut: the graph would only show noise"""

Key = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Const:
    """A constant: what dictionaries are looked up by."""

    value: Key


@dataclass(frozen=True, slots=True)
class Pattern:
    """Text of which a part is unknown: `on_*`."""

    glob: str


@dataclass(frozen=True, slots=True)
class Ext:
    """Something outside the repository, by its dotted name: a module, class or function."""

    name: str


@dataclass(frozen=True, slots=True)
class ExtInst:
    """What calling the external `name` gave."""

    name: str


@dataclass(eq=False, slots=True)
class Func:
    """A function with the scope that it closes over."""

    record: dict[str, Any]
    module: Module
    scope: Scope
    node: str
    qualname: str
    defaults: dict[str, Value]
    owner: Klass | None = None
    attrs: dict[str, Value] = field(default_factory=dict[str, Value])

    @property
    def stub(self) -> bool:
        """Part of a framework's model, not of the repository."""
        return self.module.stub


@dataclass(eq=False, slots=True)
class Klass:
    """A class of the repository or of a framework's model."""

    name: str
    module: Module
    node: str
    qualname: str
    names: dict[str, Value] = field(default_factory=dict[str, Value])
    bases: list[Klass | Ext] = field(default_factory=list["Klass | Ext"])
    mro: list[Klass | Ext] = field(default_factory=list["Klass | Ext"])
    meta: Value = ()
    fields: dict[str, Value | None] = field(default_factory=dict[str, "Value | None"])
    """annotated names of the body with their defaults: the fields of a dataclass"""
    hints: dict[str, Value] = field(default_factory=dict[str, Value])
    """annotated names with the classes their annotations name"""
    generated: bool = False
    """`__init__` is made from the fields"""
    seen: dict[str, Value] = field(default_factory=dict[str, Value])
    """attributes that any instance was given"""

    @property
    def stub(self) -> bool:
        return self.module.stub


@dataclass(eq=False, slots=True)
class Obj:
    """An object: instances, lists, tuples, dicts, sets, generators, name spaces."""

    kind: str
    cls: Klass | Ext | None = None
    attrs: dict[str, Value] = field(default_factory=dict[str, Value])
    items: dict[Key, Value] = field(default_factory=dict[Key, Value])
    rest: Value = ()
    """elements whose key or position is unknown"""
    keys: Value = ()
    """of a dict: keys that are no constants"""
    token: int = 0
    """the branch in which it was made: changes in the same branch replace, others add"""
    version: int = 0
    """grows with each new fact"""


@dataclass(frozen=True, slots=True)
class Bound:
    """A method with its object (or its class)."""

    func: Func | Ext
    self: Atom


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A descriptor: property, classmethod, staticmethod."""

    kind: str
    get: Value
    set: Value = ()


@dataclass(frozen=True, slots=True)
class SuperOf:
    """`super()`: the classes after `cls` in the order of `self`."""

    cls: Klass
    self: Atom


@dataclass(eq=False, slots=True)
class Partial:
    """A callable with some arguments given."""

    func: Value
    args: Any


Atom = Union[Const, Pattern, Ext, ExtInst, Func, Klass, Obj, Bound, Wrapped, SuperOf, Partial, "Module"]


def join(a: Value, b: Value) -> Value:
    """Everything that `a` or `b` may be."""
    if not b or a is b:
        return a
    if not a:
        return b
    new = tuple(x for x in b if x not in a)
    return (a + new)[:MOST_ATOMS] if new else a


def join_all(values: Any) -> Value:
    """Everything that one of `values` may be."""
    result: Value = ()
    for value in values:
        result = join(result, value)
    return result


def constants(value: Value) -> list[Key]:
    """The constants among the atoms."""
    return [a.value for a in value if isinstance(a, Const)]


def texts(value: Value) -> list[str]:
    """The constant texts among the atoms."""
    return [a.value for a in value if isinstance(a, Const) and isinstance(a.value, str)]
