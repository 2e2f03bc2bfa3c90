"""Anchors that survive edits: made from a line, found again in changed code, never guessed.

`anchors.complete(tour, root)` fills in fingerprints; `resolver.Resolver(root, tour).resolve(anchor)` gives a
verdict. Standard library only, and git through its command where it is there: this runs in CI, often.
"""
