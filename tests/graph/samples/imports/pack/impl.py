from ..pack.deep import leaf


def shown():
    leaf.grow()  #> pack.deep.leaf.grow
