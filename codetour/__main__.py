"""`python -m codetour`, the same as the console script."""

from codetour.cli import main

main()
