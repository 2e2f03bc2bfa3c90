"""The capture helper, in files of one subject each; see `reach` for the rules and `capture.FILES` for the order."""
