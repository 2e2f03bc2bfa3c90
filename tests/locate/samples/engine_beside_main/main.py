# expect: train
# expect: eval
import argparse

from engine import evaluate, train_one_epoch


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--eval", action="store_true")
    args = parser.parse_args()
    if args.eval:
        evaluate(None)
        return
    for epoch in range(3):
        train_one_epoch(None, None, [])


if __name__ == "__main__":
    main()
