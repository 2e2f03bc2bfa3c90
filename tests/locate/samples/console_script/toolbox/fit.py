def setup():
    loop(None, None)


def loop(model, optimizer):  # expect: loop
    while True:
        model().backward()
        optimizer.step()
