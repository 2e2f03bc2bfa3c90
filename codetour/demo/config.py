"""Settings: defaults come from config.json, and every one of them can be overridden on the command line."""

import argparse
import json
import os

HERE = os.path.dirname(os.path.abspath(__file__))


class Config:
    """The settings of one run as attributes: config.batch_size, config.steps and so on."""

    def __init__(self, values):
        self.__dict__.update(values)

    def to_json(self):
        return json.dumps(self.__dict__)


def load_config(argv=None):
    """config.json first, then the command line: `--batch_size 8` replaces the 16 of the file."""
    with open(os.path.join(HERE, "config.json"), encoding="utf-8") as file:
        defaults = json.load(file)
    parser = argparse.ArgumentParser(description="Train a character-level language model with NumPy.")
    for name, value in defaults.items():
        parser.add_argument("--" + name, type=type(value), default=value, help="default: %(default)s")
    args = parser.parse_args(argv)
    return Config(vars(args))
