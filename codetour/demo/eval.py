"""Test a trained model on both splits and let it write.

    python eval.py --checkpoint out/model.npz
"""

import argparse
import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as in train.py
import numpy as np

from checkpoint import load_checkpoint
from data import TextData
from metrics import evaluate


def main(argv=None):
    parser = argparse.ArgumentParser(description="Test a trained character model.")
    parser.add_argument("--checkpoint", default="out/model.npz", help="what train.py saved (default: %(default)s)")
    parser.add_argument("--characters", type=int, default=300, help="how much it should write")
    args = parser.parse_args(argv)
    if not os.path.exists(args.checkpoint):
        print("There is no checkpoint at %s; `python train.py` writes one." % args.checkpoint, file=sys.stderr)
        return 1

    model, vocabulary, config, step = load_checkpoint(args.checkpoint)
    data = TextData(config.text, config.val_fraction, vocabulary)
    print("%s, saved at step %d" % (args.checkpoint, step))
    for split in ("train", "val"):
        values = evaluate(model, data, split, config)
        print(
            "%-5s loss %.3f, accuracy %.1f %%, perplexity %.1f"
            % (split, values["loss"], 100 * values["accuracy"], values["perplexity"])
        )

    rng = np.random.default_rng(config.seed)
    start = vocabulary.encode("\n")
    print(vocabulary.decode(model.generate(start, args.characters, rng)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
