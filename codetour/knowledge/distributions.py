"""Which distribution to install for an import; data in `distributions.toml`."""

from __future__ import annotations

from codetour.knowledge.tables import read_toml


def distribution_of(module: str) -> str:
    """What to give to pip for `import module`."""
    return str(read_toml("distributions")["names"].get(module, module.replace("_", "-")))
