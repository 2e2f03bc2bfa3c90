"""Options that several commands share, so that they are named and explained once."""

from __future__ import annotations

import click

repository = click.argument("repo", metavar="REPO")
"""`owner/name[@ref]`, a git URL or a path"""

optional_repository = click.argument("repo", metavar="[REPO]", default=".", required=False)

entry = click.option(
    "--entry", "-e", metavar="ENTRY", default=None,
    help="train, eval, FILE or FILE:QUALNAME. Default: the best training entry point.",
)  # fmt: skip

json_output = click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")

quiet = click.option("--quiet", "-q", is_flag=True, help="No progress on stderr.")
