"""A repository's address -> a checked-out `Tree`, its files and their text. The only user of GitPython.

tree = checkout.get_tree("karpathy/nanoGPT@master", progress)
text = reading.read_source(tree.root, "train.py")
"""
