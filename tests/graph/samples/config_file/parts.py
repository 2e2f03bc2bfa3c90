def mse():
    pass


def mae():
    pass
