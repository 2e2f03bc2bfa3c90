"""What annotations say: the classes that they name, and objects of those classes."""

from __future__ import annotations

from typing import Any, Final

from codetour.graph.lowering import Op
from codetour.graph.machine import Frame, Machine
from codetour.graph.values import NOTHING, Const, Ext, ExtInst, Klass, Value, join

PLAIN_TYPES: Final = frozenset(
    {"int", "str", "float", "bool", "bytes", "Any", "object", "None", "list", "dict", "tuple", "set", "List", "Dict",
     "Tuple", "Set", "Sequence", "Iterable", "Iterator", "Callable", "Mapping", "Type", "type", "TypeVar", "Literal",
     "Generator", "Optional", "Union", "frozenset", "complex"}
)  # fmt: skip
"""names in annotations that say nothing of whose methods run"""


def hinted(m: Machine, frame: Frame, annotation: Op) -> Value:
    """The classes that an annotation names."""
    kind = annotation[0]
    if kind == "binary":
        return join(hinted(m, frame, annotation[2]), hinted(m, frame, annotation[3]))
    if kind == "item":
        outer = annotation[1]
        name = outer[1] if outer[0] == "name" else outer[2] if outer[0] == "attr" else ""
        if name in ("Optional", "Union", "Annotated", "Final", "ClassVar"):
            inner = annotation[2]
            parts = inner[1] if inner[0] == "tuple" else [inner]
            result: Value = NOTHING
            for part in parts:
                result = join(result, hinted(m, frame, part))
            return result
        return hinted(m, frame, outer)
    if kind in ("name", "attr"):
        stale = m.stale
        value = m.eval(frame, annotation)
        m.stale = stale
        return tuple(a for a in value if isinstance(a, Klass | Ext))
    return NOTHING


def says_little(value: Value) -> bool:
    """Nothing of the repository is in it: what an annotation says is worth more."""
    return all(isinstance(a, ExtInst) or a == Const(None) for a in value)


def hinted_instance(m: Machine, frame: Frame, annotation: Op) -> Value:
    """An object of the class that an annotation names."""
    return instances(m, frame, hinted(m, frame, annotation), ("hint", str(annotation)))


def instances(m: Machine, frame: Frame, kinds: Value, site: Any) -> Value:
    """Objects of these classes of which the making was not seen."""
    result: Value = NOTHING
    for atom in kinds:
        if isinstance(atom, Klass):
            obj = m.alloc(frame, site, "object", atom)
            obj.token = -1
            result = join(result, (obj,))
        elif isinstance(atom, Ext) and atom.name.rpartition(".")[2] not in PLAIN_TYPES:
            result = join(result, (ExtInst(atom.name),))
    return result
