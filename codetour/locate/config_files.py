"""Configuration files that a launch names: which values in them would make the run small, and which file to name.

A change is written as `config.json: trainer.epochs=1`. Nothing of the repository is edited: whoever starts the run
gives the program a changed copy.
"""

from __future__ import annotations

import json
import posixpath
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any, Final, cast

from codetour.locate.configured import number_of
from codetour.locate.corpus import Corpus
from codetour.locate.options import Option
from codetour.locate.python_settings import READS_A_NAME, READS_A_PATH, settings_of
from codetour.locate.small import in_config
from codetour.model.entry import Override

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ENDINGS: Final = (".yaml", ".yml", ".json", ".toml")
NAMES: Final = frozenset(
    [
        *(
            "config",
            "cfg",
            "conf",
            "config_file",
            "config_path",
            "cfg_file",
            "configs",
            "opt",
            "params",
            "params_file",
        ),
        *(
            "hparams",
            "yaml",
            "config_yaml",
            "cfg_path",
            "conf_file",
            "hps",
            "settings",
            "base",
            "exp_config",
            "cfgs",
        ),
    ]
)
"""options that name a configuration file"""
_FOLDER: Final = re.compile(
    r"(?:^|/)(?:conf|cfg|option|param|hparam|experiment|setting)[^/]*/", re.IGNORECASE
)
_SMALL: Final = re.compile(r"debug|tiny|small|mini|toy|test|quick|smoke|cpu", re.IGNORECASE)
_EASY: Final = re.compile(r"mnist|cifar|cartpole|default|base|vanilla|simple|example", re.IGNORECASE)
_OTHER_STAGE: Final = re.compile(r"eval|infer|sampl|predict|export|finetun|deploy|bench", re.IGNORECASE)
_FOR_TOOLS: Final = re.compile(
    r"(?:^|/)\.|(?:^|/)(?:mkdocs|package|package-lock|pyproject|setup|tsconfig|codecov|dvc|environment|conda|meta|"
    r"docker-compose|readthedocs|poetry|Pipfile|_config|_toc)\.\w+$|(?:^|/)tests?/"
)
"""files that configure something else"""
_INCLUDES: Final = re.compile(
    r"^\s*[\"']?(?:_base_|_BASE_|BASE|__base__|__include__|defaults|base_config|extends)[\"']?\s*[:=]|!include",
    re.MULTILINE,
)
"""words by which a file includes others by a path of its own: a copy elsewhere would not find them"""
_LOOKS_ROUND: Final = re.compile(r"__file__|^\s*from \.", re.MULTILINE)
"""a Python file that asks where it stands would not do as a copy elsewhere"""
_HOLE: Final = re.compile(r"<[\w -]+>|\{[\w -]+\}|\[[\w -]+\]|\$\{?[A-Z_]+\}?")
"""what a document leaves to its reader"""
_LARGEST: Final = 100_000
_MOST_CHANGES: Final = 25


def is_config(value: str) -> bool:
    """Does an argument look like the path of a configuration file?"""
    return value.lower().endswith(ENDINGS)


def is_settings(option: Option | None, value: str, texts: Iterable[str]) -> bool:
    """Does `option` name a Python file of settings that the program reads by its path?"""
    if option is None or not value.endswith(".py") or option.name.rpartition(".")[2] not in NAMES:
        return False
    read = list(texts)
    return any(READS_A_PATH.search(t) for t in read) and not any(READS_A_NAME.search(t) for t in read)


def filled(corpus: Corpus, cwd: str, value: str) -> str | None:
    """`configs/<name>.yaml` with a file that exists, the smallest by its name; None where none fits."""
    if not is_config(value) or not _HOLE.search(value):
        return None
    wanted = re.compile(r"[\w.-]+".join(re.escape(part) for part in _HOLE.split(posixpath.join(cwd, value))))
    fit = [f for f in corpus.files if wanted.fullmatch(f) and not _FOR_TOOLS.search(f)]
    return posixpath.relpath(min(fit, key=_rank), cwd or ".") if fit else None


def changes(corpus: Corpus, cwd: str, value: str) -> list[Override]:
    """The changes that make the run of configuration file `value` small; none where a copy would not do."""
    file = posixpath.normpath(posixpath.join(cwd, value))
    text = corpus.text(file) if file in corpus.names else None
    if not text or len(text) > _LARGEST or _INCLUDES.search(text):
        return []
    python = file.endswith(".py")
    if python and _LOOKS_ROUND.search(text):
        return []
    found: list[Override] = []
    for key, setting in settings_of(text) if python else flat(parse(file, text)):
        option = Option(key.lower(), key, "config", _kind(setting), setting)
        change = in_config(option)
        if change is not None and len(found) < _MOST_CHANGES:
            found.append(Override(f"{value}: {key}={change[0]}", f"{change[1]} (in a copy of the file)"))
    return found


def parse(file: str, text: str) -> dict[str, Any]:
    """The document of a configuration file, {} where it is none."""
    try:
        if file.endswith(".json"):
            loaded: Any = json.loads(text)
        elif file.endswith(".toml"):
            loaded = tomllib.loads(text)
        else:
            import yaml

            loaded = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - the safe loader
    except Exception:  # noqa: BLE001 - three parsers, each with errors of its own
        return {}
    return cast("dict[str, Any]", loaded) if isinstance(loaded, dict) else {}


def flat(document: dict[str, Any], prefix: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    """(dotted key, value) of every plain value; keys with dots or blanks in them are left out."""
    for key, value in list(document.items())[:400]:
        name = f"{prefix}{key}"
        if not re.fullmatch(r"[\w-]+", str(key)):
            continue
        if isinstance(value, dict) and depth < 6:
            yield from flat(cast("dict[str, Any]", value), name + ".", depth + 1)
        elif isinstance(value, bool | int | float | str):
            yield name, number_of(value)


def _kind(value: Any) -> str:
    return type(value).__name__ if isinstance(value, bool | int | float) else "str"


def proposal(corpus: Corpus, option: Option, file: str, cwd: str) -> tuple[str, str] | None:
    """(value, why) for an option that asks for a configuration file, None when the repository has none that fits."""
    if option.name.rpartition(".")[2] not in NAMES or option.type != "str":
        return None
    folder, ending = _place(corpus.text(file) or "", option.name)
    python = option.converter == "config_file"  # a Python file that defines get_config
    if folder is not None:
        base = posixpath.normpath(posixpath.join(cwd, folder))
        found = [
            f for f in corpus.files if f.startswith(base + "/") and _may_configure(corpus, f, python=python)
        ]
    else:
        found = [f for f in corpus.files if _FOLDER.search(f) or _named(f)]
        found = [f for f in found if _may_configure(corpus, f, python=python)]
        base = cwd
    found = [f for f in found if not _FOR_TOOLS.search(f)]
    if not found:
        return None
    best = min(found, key=lambda f: (-_near(f, file), *_rank(f)))
    value = posixpath.relpath(best, base or ".")
    if ending:
        value = value.removesuffix(ending)
    return value, f"it asks for a configuration; {best} is one of {len(found)}, the smallest by its name"


def _may_configure(corpus: Corpus, file: str, *, python: bool) -> bool:
    if python:
        return file.endswith(".py") and "def get_config(" in (corpus.text(file) or "")
    return is_config(file)


def is_optional(option: Option, text: str) -> bool:
    """Does the program say what it does without this option?"""
    name = re.escape(option.name)
    without = rf"\bif\s+(?:not\s+)?\w+\.{name}\b|\.{name}\s+(?:is\b|or\b|==|!=)|\bif\s+{name}\b"
    return bool(re.search(without, text)) or bool(
        re.search(r"optional|custom|overwrit|overrid|instead", option.help, re.IGNORECASE)
    )


def _named(file: str) -> bool:
    name = file.rpartition("/")[2]
    return bool(re.search(r"config|hparams|params|\bcfg", name, re.IGNORECASE))


def _near(file: str, entry: str) -> int:
    """How many folders the two share from the root on."""
    shared = 0
    for one, other in zip(file.split("/")[:-1], entry.split("/")[:-1], strict=False):
        if one != other:
            break
        shared += 1
    return shared


def _rank(file: str) -> tuple[bool, bool, bool, int, int, str]:
    name = file.rpartition("/")[2]
    other, small, easy = (bool(p.search(name)) for p in (_OTHER_STAGE, _SMALL, _EASY))
    return other, not small, not easy, file.count("/"), len(name), file


def _place(text: str, name: str) -> tuple[str | None, str]:
    """(folder, ending) that the program itself puts round the value of option `name`."""
    joined = re.search(rf"join\(\s*[\"']([\w./-]+)[\"']\s*,\s*\w+\.{re.escape(name)}\b", text)
    if joined:
        return joined[1], ""
    spelled = re.search(rf"[\"']([\w./-]+)/\{{\w+\.{re.escape(name)}\}}(\.\w+)?[\"']", text)
    return (spelled[1], spelled[2] or "") if spelled else (None, "")
