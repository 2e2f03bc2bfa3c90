"""The helper's files: each small, each for old interpreters, each needing only those before it, one module together."""

from __future__ import annotations

import ast
import sys

import pytest

from codetour.session.injection import FILES, FOLDER, joined


def parsed(name: str) -> ast.Module:
    return ast.parse((FOLDER / f"{name}.py").read_text(encoding="utf-8"), feature_version=(3, 8))


def test_no_file_is_forgotten() -> None:
    assert sorted(FILES) == sorted(p.stem for p in FOLDER.glob("*.py") if p.stem != "__init__")


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_small_and_needs_only_the_standard_library_and_files_before_it(name: str) -> None:
    assert len((FOLDER / f"{name}.py").read_text(encoding="utf-8").splitlines()) < 400
    before = {f"codetour.session.injected.{n}" for n in FILES[: FILES.index(name)]}
    for node in ast.walk(parsed(name)):
        modules = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for module in modules:
            assert module in before or module.partition(".")[0] in sys.stdlib_module_names


def test_no_name_is_defined_twice() -> None:
    defined = [
        node.name
        for name in FILES
        for node in parsed(name).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
    ]
    assert len(defined) == len(set(defined))


def test_joined_the_files_import_nothing_of_codetour() -> None:
    tree = ast.parse(joined(), feature_version=(3, 8))
    modules = [n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    assert not [m for m in modules if m and m.startswith("codetour")]
    module: dict[str, object] = {}
    exec(compile(tree, "helper", "exec"), module)
    assert callable(module["stack"])
