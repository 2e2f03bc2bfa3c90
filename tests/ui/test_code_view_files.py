"""Going from file to file keeps the arrow in sight, wherever the file before was scrolled to."""

from __future__ import annotations

from textual.app import App, ComposeResult

from codetour.model.source import SourceText
from codetour.ui.code_view import CodeView


class Viewer(App[None]):
    def compose(self) -> ComposeResult:
        yield CodeView(id="code")


async def test_the_arrow_is_in_sight_in_every_file() -> None:
    files = [SourceText(f"{name}.py", f"{name} = 1\n" * 120) for name in "ab"]
    async with Viewer().run_test(size=(80, 24)) as pilot:
        code = pilot.app.query_one(CodeView)
        for index, line in [(0, 60), (1, 62), (0, 1), (1, 120), (0, 110), (1, 5)]:
            code.show(files[index])
            code.point(line, "live")
            await pilot.pause()
            await pilot.pause()
            top = code.scroll_offset.y
            assert top < line <= top + code.size.height, (index, line, top)
