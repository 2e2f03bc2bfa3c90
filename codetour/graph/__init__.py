"""The static call graph: from an entry point, who calls whom, in source that is never run."""
