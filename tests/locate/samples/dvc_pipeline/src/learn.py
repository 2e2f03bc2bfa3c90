# expect: train
import sys

from sklearn.ensemble import RandomForestClassifier


def main():  # expect: loop
    forest = RandomForestClassifier()
    forest.fit([[0], [1]], [0, 1])


if __name__ == "__main__":
    main()
