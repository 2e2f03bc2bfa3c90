"""Data that a run reads: what is not there before it starts, what could stand in, which command makes it.

Only paths that arguments or code spell out are judged; where the repository holds the same data elsewhere, that place
is proposed, with its reason.
"""

from __future__ import annotations

import json
import posixpath
import re
from typing import Final

from codetour.locate.corpus import Corpus

_FILE: Final = r"[\w.-]+\.(?:txt|csv|tsv|jsonl?|np[yz]|bin|pkl|parquet|h5|hdf5|mat|zip|xml|data)"
DATA_FILE: Final = re.compile(rf"(?:^|/){_FILE}$")
_JOINED: Final = re.compile(
    rf"""(?:join\(([^()\n]*?),|(\b[\w.]*(?:data|root|corpus|input)\w*)\s*/)\s*f?["']({_FILE})["']\s*\)?"""
    r"""(?!\s*,\s*(?:mode\s*=\s*)?["'][wax])"""
)
_ELSEWHERE: Final = re.compile(
    r"out|log|save|result|work|exp|ckpt|checkpoint|tmp|temp|cache|run_dir", re.IGNORECASE
)
"""folders that runs write to"""
_MADE: Final = re.compile(r"pred|score|result|output|log|metric|loss|submi|report", re.IGNORECASE)
"""words of files that runs write"""
_DATA_NAME: Final = re.compile(
    r"^(?:train|val|valid|validation|test|dev)(?:[_.-]|$)|corpus|input|dataset", re.IGNORECASE
)
DATA_OPTION: Final = re.compile(r"data|corpus|input|train_(?:file|path)|^root(?:_?dir|_?path)?$")
MODEL_OPTION: Final = re.compile(
    r"model_name_or_path|pretrained_model|base_model|model_id|^model_name$|^model$|tokenizer_name"
)
_HUB: Final = re.compile(r"[A-Za-z][\w-]+/(?=[\w.-]*[A-Za-z]{2})[\w.-]+")
_MAKERS: Final = re.compile(
    r"prepare|download|preprocess|make_data|generate|create|get|fetch|tokenize|build|setup_data|convert",
    re.IGNORECASE,
)
_WRITES: Final = re.compile(
    r"tofile|\.save|dump|to_csv|to_parquet|[\"'][wa]b?[\"']|urlretrieve|wget|curl|unzip|tar |write"
)
_MOST_READ: Final = 400


def exists(corpus: Corpus, cwd: str, value: str) -> bool:
    """Is there a file or folder of that name, seen from folder `cwd`?"""
    path = posixpath.normpath(posixpath.join(cwd, value))
    path = "" if path == "." else path
    return path in corpus.names or path in corpus.folders or (corpus.tree.root / path).exists()


def names_read(corpus: Corpus, files: list[str]) -> dict[str, str]:
    """Data files that code joins to a folder given elsewhere: name -> the file that says so."""
    found: dict[str, str] = {}
    for file in files:
        for joined, divided, name in _JOINED.findall(corpus.text(file) or "")[:40]:
            written = _MADE.search(name) or _ELSEWHERE.search(joined + divided)
            if _DATA_NAME.search(name) and not written:
                found.setdefault(name, file)
    return found


def lacking(corpus: Corpus, cwd: str, folder: str, names: dict[str, str]) -> list[str]:
    """Which of `names` are not in `folder`; none when the folder is absent and nothing can be said of it."""
    return [name for name in names if not exists(corpus, cwd, posixpath.join(folder, name))]


def folder_with(corpus: Corpus, cwd: str, folder: str, names: dict[str, str]) -> str | None:
    """Another folder that holds all of `names`, the nearest to `folder`; None when there is none."""
    if len(names) < 2:  # one common name is no proof
        return None
    first = next(iter(names))
    homes = [f.rpartition("/")[0] for f in corpus.by_name.get(first, ())]
    homes = [h for h in homes if all((f"{h}/{n}" if h else n) in corpus.names for n in names)]
    if not homes:
        return None
    asked = posixpath.normpath(posixpath.join(cwd, folder))
    best = max(
        homes, key=lambda h: (len(posixpath.commonprefix([h.split("/"), asked.split("/")])), -h.count("/"), h)
    )
    return posixpath.relpath(best or ".", cwd or ".")


def file_like(corpus: Corpus, cwd: str, value: str) -> str | None:
    """A file of the repository that could stand in for the data file `value`: the same name elsewhere, or a sibling
    of the same kind whose name begins alike; None when that is not clear.
    """
    if not DATA_FILE.search(value):
        return None
    wanted = posixpath.normpath(posixpath.join(cwd, value))
    base = posixpath.basename(wanted)
    same = corpus.by_name.get(base, [])
    if len(same) == 1:
        return posixpath.relpath(same[0], cwd or ".")
    folder, ending = posixpath.dirname(wanted), posixpath.splitext(base)[1]
    start = re.split(r"[_.-]", base)[0].lower()
    alike = [
        f
        for f in corpus.files
        if posixpath.dirname(f) == folder
        and f.endswith(ending)
        and posixpath.basename(f).lower().startswith(start)
    ]
    return posixpath.relpath(alike[0], cwd or ".") if len(alike) == 1 and len(start) > 2 else None


def is_hub_name(value: str) -> bool:
    """`organization/model`, as the Hugging Face hub has it."""
    return bool(_HUB.fullmatch(value)) and not value.startswith((".", "/")) and not DATA_FILE.search(value)


def local_model(corpus: Corpus, cwd: str) -> str | None:
    """A folder of the repository that holds a whole small model in Hugging Face's layout, the nearest to the root."""
    for file in corpus.by_name.get("config.json", ())[:20]:
        folder = posixpath.dirname(file)
        beside = [f for f in corpus.files if posixpath.dirname(f) == folder]
        if not any(f.endswith((".safetensors", "pytorch_model.bin")) for f in beside):
            continue
        try:
            if "model_type" in json.loads(corpus.text(file) or "{}"):
                return posixpath.relpath(folder or ".", cwd or ".")
        except ValueError:
            continue
    return None


def maker(corpus: Corpus, path: str, hints: str = "") -> str:
    """The command of the repository that makes the data file `path`, "" when none is seen.

    It must name the file and write, and be named or placed as one that makes data. Among several the one in the
    file's own folder comes first, then the one whose folder the launch (`hints`) speaks of.
    """
    base, home = posixpath.basename(path), posixpath.dirname(posixpath.normpath(path))
    scripts = [f for f in corpus.files if f.endswith((".py", ".sh"))]
    scripts.sort(key=lambda f: (not _MAKERS.search(posixpath.basename(f)), f.count("/"), f))
    found: list[tuple[bool, int, int, str]] = []
    for file in scripts[:_MOST_READ]:
        name, folder = posixpath.basename(file), posixpath.dirname(file)
        if not (_MAKERS.search(name) or re.search(r"data|corpus|dataset", folder)):
            continue
        text = corpus.text(file) or ""
        if base in text and _WRITES.search(text):
            own = posixpath.basename(folder)
            spoken = len(own) if len(own) > 3 and own in hints else 0
            found.append((not (home and folder.endswith(home)), -spoken, file.count("/"), file))
    if not found:
        return ""
    best = min(found)[3]
    return f"python {best}" if best.endswith(".py") else f"bash {best}"
