"""The values that flow through codetour, and the seams between its layers. Standard library only.

    Tree -> EntryReport -> CallGraph -> Tour -> events -> Recording -> screen

Each is a frozen dataclass; a stage takes some and returns others. `to_json` and `from_json` of the ones that
travel live beside them.
"""
