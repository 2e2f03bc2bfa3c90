"""The files of a tree as the locator reads them: lazily, each once, within a budget of time and bytes."""

from __future__ import annotations

import time
from functools import cached_property
from itertools import islice
from pathlib import PurePosixPath
from typing import Final

from codetour.errors import SourceError
from codetour.locate.facts import FileFacts, read_facts
from codetour.locate.modules import ModuleIndex
from codetour.locate.options import Option, read_options
from codetour.model.source import Tree
from codetour.progress import Progress
from codetour.source.files import list_files
from codetour.source.reading import read_source

LARGEST_SOURCE: Final = 400_000
"""bytes of a Python file that is parsed; past that it is a generated table"""
_SECONDS: Final = 5.0
"""of CPU for parsing; a repository of ten thousand files still answers in ten"""


class Corpus:
    """Files, texts and facts of one tree."""

    def __init__(self, tree: Tree, progress: Progress) -> None:
        listed = list_files(tree.root)
        self.tree, self.progress = tree, progress
        self.files = listed.files
        self.notes = [*listed.notes]
        self._texts: dict[str, str | None] = {}
        self._facts: dict[str, FileFacts] = {}
        self._options: dict[str, tuple[Option, ...]] = {}
        self._tired = 0
        self.start_clock()

    def start_clock(self) -> None:
        """From now on there is so much time to look into Python files."""
        self._deadline = time.process_time() + _SECONDS

    @cached_property
    def names(self) -> frozenset[str]:
        """All files, for membership."""
        return frozenset(self.files)

    @cached_property
    def folders(self) -> frozenset[str]:
        """All folders that hold a file, "" for the root."""
        found: set[str] = {""}
        for file in self.files:
            folder = file.rpartition("/")[0]
            while folder and folder not in found:
                found.add(folder)
                folder = folder.rpartition("/")[0]
        return frozenset(found)

    @cached_property
    def index(self) -> ModuleIndex:
        """Modules to files."""
        return ModuleIndex(self.files)

    @cached_property
    def by_name(self) -> dict[str, list[str]]:
        """Last part of the path -> files, nearest to the root first."""
        found: dict[str, list[str]] = {}
        for file in sorted(self.files, key=lambda f: (f.count("/"), f)):
            found.setdefault(file.rpartition("/")[2], []).append(file)
        return found

    def text(self, file: str) -> str | None:
        """The text of `file` (a notebook's script), None where it cannot be read."""
        if file not in self._texts:
            try:
                largest = LARGEST_SOURCE if file.endswith(".py") else 2 * LARGEST_SOURCE
                self._texts[file] = read_source(self.tree.root, file, largest=largest).text
            except SourceError as error:
                self._texts[file] = None
                if len(self.notes) < 40:
                    self.notes.append(
                        f"not read: {error.message}"
                        if file in error.message
                        else f"not read: {file}: {error.message}"
                    )
        return self._texts[file]

    def facts(self, file: str) -> FileFacts:
        """The facts of a Python file or notebook; empty ones when it cannot be read or time is up."""
        if file not in self._facts:
            self.progress.check()
            text = self.text(file)
            if text is not None and time.process_time() > self._deadline:
                self._tired += 1
                text = None
            self._facts[file] = read_facts(file, text or "")
        return self._facts[file]

    def options(self, file: str) -> tuple[Option, ...]:
        """The options that a file defines."""
        if file not in self._options:
            self._options[file] = read_options(self.text(file) or "")
        return self._options[file]

    def facts_since(self, count: int) -> list[tuple[str, FileFacts]]:
        """The files looked into, without the first `count`, in the order of looking."""
        return list(islice(self._facts.items(), count, None))

    def all_notes(self) -> tuple[str, ...]:
        """What was skipped, for people."""
        notes = list(self.notes)
        if self._tired:
            notes.append(f"time was up: {self._tired} Python files were not looked into")
        broken = [f for f, facts in self._facts.items() if facts.error]
        if broken:
            notes.append(
                f"{len(broken)} files are no Python that can be parsed: " + ", ".join(sorted(broken)[:3])
            )
        return tuple(notes)

    def is_package(self, folder: str) -> bool:
        """Does `folder` hold an `__init__.py`?"""
        return str(PurePosixPath(folder, "__init__.py")) in self.names
