def loop(model, optimizer):  # expect: loop
    for _ in range(3):
        model().backward()
        optimizer.step()
