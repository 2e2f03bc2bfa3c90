def build_dataset(args):
    rows = range(3)  # never
    return list(rows)
