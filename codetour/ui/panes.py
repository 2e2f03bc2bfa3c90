"""The small panes that paint a `Scene`: title bar, idea, shapes strip, key line. Each paints only what changed."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.style import Style
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from codetour.model.text import clean, clean_block
from codetour.model.value import Change, Value
from codetour.model.value_text import axes_text, axes_used, details, dtype_text, shape_text
from codetour.ui.inline_code import with_code
from codetour.ui.keymap import Keymap
from codetour.ui.scene import Scene

Part = str | tuple[str, str]
SAID = 6.0
"""seconds for which a sentence stays that reports no trouble"""
SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_TONES = {"live": "$text-success", "past": "$text-warning", "plain": "dim", "trouble": "bold $text-error"}


class TitleBar(Widget):
    """`codetour · nanoGPT · training   stop 6 of 14 ━━━━━╸────   ● live, paused   model.py:57`."""

    def __init__(self, repo: str, role: str, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._repo, self._role = clean(repo, 40), role
        self._scene: Scene | None = None
        self._busy = 0.0

    def show(self, scene: Scene, busy: float) -> None:
        """Paint `scene`; `busy` seconds turn the mode into a running indicator."""
        if (scene, busy) != (self._scene, self._busy):
            self._scene, self._busy = scene, busy
            self.refresh()

    def render(self) -> Content:
        width = self.size.width
        scene = self._scene
        name: list[Part] = [(f" {self._repo} ", "bold"), (f"· {self._role}  ", "dim")]
        if width >= 100:
            name.insert(0, (" codetour ·", "dim"))
        if scene is None:
            return Content.assemble(*name)
        number = min(scene.index + 1, scene.count)
        where = "the end" if scene.closing else f"stop {number} of {scene.count}"
        words = scene.mode if width >= 60 else scene.mode.partition(",")[0]
        if self._busy:
            words = f"{SPINNER[int(self._busy * 5) % len(SPINNER)]} running {int(self._busy)} s"
        mode = (words, _TONES["live" if self._busy else scene.tone])
        place = ""
        if scene.place is not None and width >= 100:
            place = f"   {clean(scene.place.file, 60)}:{scene.place.line}"
        used = sum(cell_len(p if isinstance(p, str) else p[0]) for p in name)
        room = width - used - cell_len(where) - cell_len(mode[0]) - cell_len(place) - 5
        parts: list[Part] = [*name, where]
        if room >= 6:
            parts.extend(
                [" ", *_bar(number if not scene.closing else scene.count, scene.count, min(room, 40))]
            )
        parts.extend(["  ", mode, (place, "dim")])
        if width < 60:
            parts = [(f" {self._repo[: max(width - 30, 0)]} ", "bold"), f"{number}/{scene.count}  ", mode]
        return Content.assemble(*parts)


def _bar(done: int, count: int, width: int) -> list[Part]:
    full = round(width * done / count) if count else 0
    return [("━" * full, "$text-accent"), ("─" * (width - full), "dim")]


class IdeaPane(VerticalScroll):
    """The idea first, then where to look, then what else must be known."""

    can_focus = True

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._text = Static(markup=False)
        self._shown: tuple[object, ...] = ()
        self.folded = False

    def compose(self) -> ComposeResult:
        yield self._text

    def show(self, scene: Scene, description: str) -> None:
        """Paint; the first stop also tells what the repository is about."""
        shown = (scene.title, scene.idea, scene.look, scene.notes, scene.also, self.folded)
        if shown == self._shown:
            return
        self._shown = shown
        self.border_title = Content.assemble((clean(scene.title, 100) or " ", "bold"))
        self.border_subtitle = Content(f"inside: {scene.also}" if scene.also else "")
        idea = clean_block(scene.idea or (description if scene.index == 0 else ""), 4_000).strip()
        if self.folded:
            self._text.update(with_code(_first_sentence(idea or " ".join(scene.notes))))
            return
        blocks: list[Content] = [with_code(n).stylize("$text-warning") for n in map(clean_block, scene.notes)]
        if idea:
            blocks.insert(0, with_code(idea))
        look = clean_block(scene.look, 4_000).strip()
        if look:
            blocks.append(Content.assemble(("Look: ", "bold $text-accent"), with_code(look)))
        self._text.update(Content("\n").join(blocks))
        self.scroll_home(animate=False)


def _first_sentence(text: str) -> str:
    text = " ".join(text.split())
    end = next(
        (i for i, ch in enumerate(text) if ch in ".!?" and text[i + 1 : i + 2] in ("", " ")), len(text)
    )
    return text[: end + 1]


class ShapesStrip(Widget):
    """Two rows of values for narrow screens: marks, names, shapes; while the program runs, its last words."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._scene: Scene | None = None
        self._axes: dict[str, str] = {}
        self._lines: tuple[str, ...] = ()

    def show(self, scene: Scene, axes: dict[str, str], running: Sequence[str] | None) -> None:
        """Paint the values of `scene`, or the last `running` lines of output."""
        lines = tuple(running) if running is not None else ()
        if (scene, lines) != (self._scene, self._lines):
            self._scene, self._axes, self._lines = scene, axes, lines
            self.refresh()

    def render(self) -> Content:
        scene, width = self._scene, self.size.width - 2
        if scene is None:
            return Content("")
        if self._lines:
            rows = [Content.assemble((clean(line, width), "dim")) for line in self._lines[-2:]]
        elif not scene.values and not scene.changes:
            rows = [Content.assemble((f"values: {scene.no_values or 'none here'}", "dim"))]
        else:
            legend = axes_text(scene.values, self._axes)
            rows = _filled(strip_items(scene.values, scene.changes), width, 2, legend)
        return Content("\n").join([Content.assemble(" ", row) for row in rows])


def strip_items(values: Sequence[Value], changes: Sequence[Change]) -> list[Content]:
    """`+ q k v  f32 12×6×256×64`: neighbours with the same mark and the same shape share one item."""
    marks = {c.name: c.mark for c in changes}
    # a number that only names a dimension stands in the legend already
    axes = axes_used(values)
    values = [v for v in values if v.kind != "scalar" or axes.get(v.name) != v.scalar]
    groups: list[tuple[str, list[str], str]] = []
    for value in values:
        text, mark = _short(value), marks.get(value.name, " ")
        if groups and value.shape and groups[-1][0] == mark and groups[-1][2] == text:
            groups[-1][1].append(clean(value.name, 40))
        else:
            groups.append((mark, [clean(value.name, 40)], text))
    groups.extend(("-", [clean(c.name, 40)], "gone") for c in changes if c.mark == "-")
    return [
        Content.assemble((f"{mark} ", MARK_STYLES[mark]), (" ".join(names), "bold"), "  ", clean(text, 60))
        for mark, names, text in groups
    ]


def _short(value: Value) -> str:
    """A shape says enough on a narrow screen; what has none says its value."""
    if not value.shape:
        return details(value, named=False)
    return f"{dtype_text(value.dtype)}  {shape_text(value, named=False)}".strip()


MARK_STYLES = {"+": "bold $text-success", "~": "bold $text-warning", "-": "bold $text-error", " ": ""}


def _filled(items: list[Content], width: int, rows: int, legend: str) -> list[Content]:
    made: list[Content] = []
    row, used = Content(""), 0
    for item in items:
        length = item.cell_length
        if used and used + 3 + length > width:
            made.append(row)
            row, used = Content(""), 0
            if len(made) == rows:
                break
        row = row + ("   " if used else "") + item
        used += length + (3 if used else 0)
    if used and len(made) < rows:
        made.append(row)
    if made and legend and made[-1].cell_length + 3 + cell_len(legend) <= width:
        made[-1] = made[-1] + Content.assemble("   ", (legend, "dim"))
    elif legend and len(made) < rows:
        made.append(Content.assemble((clean(legend, width), "dim")))
    return made[:rows]


class Saying(Static):
    """One sentence for the reader, over the last lines of the screen; a trouble stays until the next key."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(markup=False, id=id)
        self.text = ""
        self._timer: Timer | None = None

    def say(self, text: str, weight: str = "information") -> None:
        """Show `text` now; several troubles are shown together."""
        if self.text and weight != "information" and text not in self.text and self.has_class("-trouble"):
            text = f"{self.text}\n{text}"
        self.hush()
        self.text = text
        self.update(Content(text))
        self.set_class(weight != "information", "-trouble")
        self.display = True
        if weight == "information":
            self._timer = self.set_timer(SAID, self.hush)

    def hush(self) -> None:
        """Take it away."""
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
        if self.text:
            self.text = ""
            self.display = False


class KeyBar(Widget):
    """The keys that matter now; each can be clicked."""

    def __init__(self, keymap: Keymap, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._keymap = keymap
        self._names: tuple[str, ...] = ()

    def show(self, names: Sequence[str]) -> None:
        """Offer the actions with these names."""
        if tuple(names) != self._names:
            self._names = tuple(names)
            self.refresh()

    def render(self) -> Content:
        items: list[Content] = []
        room = self.size.width - 1
        for name in self._names:
            action = self._keymap.action(name)
            key, word = action.shown.split()[0], action.short or action.title.rstrip("…")
            click = Style.from_meta({"@click": f"screen.{name}"})
            item = Content.assemble((key, "bold $text-accent"), " ", (word, "dim")).stylize(click)
            if item.cell_length + 2 > room:
                continue
            room -= item.cell_length + 2
            items.append(item)
        return Content.assemble(" ", Content("  ").join(items))
