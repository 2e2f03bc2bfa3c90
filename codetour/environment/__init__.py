"""Tree -> an interpreter that can run it, and what is still missing.

    found = find.find_interpreter(tree, imports.needed(tree, files), python=None, mode="auto")
    report = doctor.examine(tree, entry, found)

Nothing of the repository is executed: an interpreter is asked with `-I -S`, packages are looked up, not imported.
"""
