# expect: train
from lib.net import Net


def main():  # expect: loop
    model, optimizer = Net(), None
    for _ in range(3):
        model.loss().backward()
        optimizer.step()


if __name__ == "__main__":
    main()
