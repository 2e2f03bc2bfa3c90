# expect: train
# expect: eval
import argparse

from exp.forecast import Experiment

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--is_training", type=int, required=True)
    parser.add_argument("--batch_size", type=int, default=32)
    args = parser.parse_args()
    experiment = Experiment(args)
    if args.is_training:
        experiment.train()
    else:
        experiment.test()
