"""A trained model as one file: its arrays, and what is needed to build the same model and read its output."""

import json
import os

import numpy as np

from config import Config
from data import Vocabulary
from model import CharTransformer


def save_checkpoint(path, model, data, config, step):
    """Write a second file, then rename it: a run that stops half way leaves the old checkpoint whole."""
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    arrays = {name: parameter.value for name, parameter in model.named_parameters()}
    with open(path + ".part", "wb") as file:
        np.savez(
            file, _config=config.to_json(), _characters=data.vocabulary.characters, _step=step, **arrays
        )
    os.replace(path + ".part", path)


def load_checkpoint(path):
    """The model, its vocabulary, its settings and the step it was saved at."""
    with np.load(path) as saved:
        config = Config(json.loads(str(saved["_config"])))
        vocabulary = Vocabulary(str(saved["_characters"]))
        model = build_model(len(vocabulary), config, np.random.default_rng(config.seed))
        for name, parameter in model.named_parameters():
            parameter.value[...] = saved[name]
        return model, vocabulary, config, int(saved["_step"])


def build_model(vocab_size, config, rng):
    """The model that the settings describe."""
    return CharTransformer(
        vocab_size, config.block_size, config.n_layer, config.n_head, config.n_embd, rng
    )
