"""The language of a file, by the name that GitHub's fences and Pygments share."""

from __future__ import annotations

from typing import Final

_BY_ENDING: Final = {
    "py": "python", "pyi": "python", "pyw": "python", "ipynb": "python", "sh": "bash", "bash": "bash", "zsh": "bash",
    "slurm": "bash", "sbatch": "bash", "yaml": "yaml", "yml": "yaml", "json": "json", "toml": "toml", "ini": "ini",
    "cfg": "ini", "md": "markdown", "c": "c", "h": "c", "cc": "cpp", "cpp": "cpp", "hpp": "cpp", "cu": "cuda",
    "cuh": "cuda", "js": "javascript", "ts": "typescript", "go": "go", "rs": "rust", "java": "java",
}  # fmt: skip
_BY_NAME: Final = {"makefile": "makefile", "dockerfile": "docker"}


def language(file: str) -> str:
    """Its name, "" where the file is of no known kind."""
    name = file.rsplit("/", 1)[-1].lower()
    return _BY_NAME.get(name) or _BY_ENDING.get(name.rpartition(".")[2] if "." in name else "", "")
