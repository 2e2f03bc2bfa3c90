"""Found only by an edit of sys.path."""


def twice(x):
    y = x * 2
    return y
