def count(model):
    return 0
