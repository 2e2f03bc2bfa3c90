"""What the abstract machine knows of a value: the set of things it may be.

A `Value` is a tuple of atoms without repeats, in the order in which they were met, so that two runs over the same
files give the same graph. The empty tuple is "unknown". Atoms stand for constants, functions, classes, objects
(one per place that creates them and context), modules and whatever lies outside the repository.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Union

if TYPE_CHECKING:
    from codetour.graph.machine import Module, Scope

Value = tuple["Atom", ...]
NOTHING: Final[Value] = ()
MOST_ATOMS: Final = 16
"""a value that may be more things than this is cut: the graph would only show noise"""

Key = str | int | float | bool | None


class _Table(threading.local):
    def __init__(self) -> None:
        self.made: dict[Any, Any] = {}


_TABLE: Final = _Table()
"""one per thread: a graph is built in a thread of its own, and its atoms go with it"""


class _Interned(type):
    """Equal atoms are one object, so that comparing them is comparing addresses: unions are made by the million."""

    def __call__(cls, *parts: Any) -> Any:
        key = (cls, parts[0].__class__, *parts)
        found = _TABLE.made.get(key)
        if found is None:
            found = _TABLE.made[key] = super().__call__(*parts)
        return found


@dataclass(eq=False, slots=True)
class Const(metaclass=_Interned):
    """A constant: what dictionaries are looked up by."""

    value: Key


@dataclass(eq=False, slots=True)
class Pattern(metaclass=_Interned):
    """Text of which a part is unknown: `on_*`."""

    glob: str


@dataclass(eq=False, slots=True)
class Ext(metaclass=_Interned):
    """Something outside the repository, by its dotted name: a module, class or function."""

    name: str


@dataclass(eq=False, slots=True)
class ExtInst(metaclass=_Interned):
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


@dataclass(eq=False, slots=True)
class Bound(metaclass=_Interned):
    """A method with its object (or its class)."""

    func: Func | Ext
    self: Atom


@dataclass(eq=False, slots=True)
class Wrapped(metaclass=_Interned):
    """A descriptor: property, classmethod, staticmethod."""

    kind: str
    get: Value
    set: Value


@dataclass(eq=False, slots=True)
class SuperOf(metaclass=_Interned):
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
    if len(b) == 1:
        return a if b[0] in a or len(a) >= MOST_ATOMS else a + b
    if a == b:
        return a
    new = tuple([x for x in b if x not in a])
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
