# expect: train
from absl import app, flags

import steps

flags.DEFINE_string("workdir", None, "where to write")
flags.mark_flags_as_required(["workdir"])


def main(argv):
    steps.train_and_evaluate()


if __name__ == "__main__":
    app.run(main)
