"""codetour: a guided tour of a machine-learning repository, under a real debugger."""

__version__ = "0.1.0"
