import circle_b


def run():
    circle_b.run()  #> circle_b.run


def end():
    pass
