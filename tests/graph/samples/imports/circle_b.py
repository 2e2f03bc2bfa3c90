import circle_a


def run():
    circle_a.end()  #> circle_a.end
