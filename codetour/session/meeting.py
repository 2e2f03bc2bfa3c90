"""The first words with a program that runs already: what it is, and where the tree is for it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from codetour.environment.probe import Interpreter
from codetour.errors import NoEntryPoint, SessionError, SourceError
from codetour.model.source import Tree
from codetour.model.tour import Tour
from codetour.session.attached import Attached
from codetour.session.facts import find_root
from codetour.session.paths import Paths
from codetour.session.remote import Mapping, Remote
from codetour.session.wire import WireError


async def meet(
    attached: Attached, tree: Tree, tour: Tour, maps: Sequence[Mapping]
) -> tuple[Remote, Interpreter, str]:
    """(the program as a walk needs it, its interpreter, a warning where its code is not the one shown).

    Raises SessionError when nobody is there or the tree is not found on that side.
    """
    if tour.entry is None:
        raise NoEntryPoint("The tour does not say what runs.", hint="Make it anew with `codetour plan`.")
    entry = tour.entry.file
    facts = await attached.meet()
    process = attached.root
    assert process is not None
    local = str(tree.root.resolve())
    candidates = [m.remote for m in maps if not m.local] or ([] if maps else facts.candidates(entry, local))
    warning = ""
    pairs = [(m.remote, m.local) for m in maps]
    try:
        found = await find_root(process, candidates, entry, _text(tree, entry)) if candidates else None
    except WireError as error:
        raise SessionError(f"The program does not say where its files are: {error}.") from error
    if found is not None:
        pairs += [(root, "") for root in dict.fromkeys((found[0],)) if (root, "") not in pairs]
        if not found[1]:
            warning = f"codetour: {entry} of the program is not the file shown here; stops may lie elsewhere"
    elif not any(entry.startswith(m.local + "/") for m in maps if m.local):
        said = f"The program runs in {facts.cwd} and has no {entry}"
        raise SessionError(
            f"{said} in a folder that is the repository.",
            hint=f"Name the folder that is {tree.root} for the program: --map /its/folder",
        )
    remote = Remote((facts.executable, *facts.argv), Path(facts.cwd), Paths(tree.root, elsewhere=pairs))
    interpreter = Interpreter(Path(facts.executable), facts.version, origin="the program met running")
    return remote, interpreter, warning


def _text(tree: Tree, entry: str) -> bytes:
    try:
        return (tree.root / entry).read_bytes()
    except OSError as error:
        raise SourceError(f"{entry} cannot be read.") from error
