"""The text as numbers: a vocabulary of characters, two splits, and random batches of short windows."""

import os

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


class Vocabulary:
    """Every character that occurs gets a number; the same table read backwards turns numbers into text."""

    def __init__(self, characters):
        self.characters = "".join(sorted(set(characters)))
        self.index = {character: number for number, character in enumerate(self.characters)}

    def __len__(self):
        return len(self.characters)

    def encode(self, text):
        return np.array([self.index[character] for character in text], dtype=np.int64)

    def decode(self, numbers):
        return "".join(self.characters[number] for number in numbers)


class TextData:
    """One text file, encoded once, split into a part to learn from and a part to be tested on."""

    def __init__(self, path, val_fraction, vocabulary=None):
        with open(os.path.join(HERE, path), encoding="utf-8") as file:
            text = file.read()
        self.vocabulary = vocabulary or Vocabulary(text)
        numbers = self.vocabulary.encode(text)
        # The end of the text is held back, not random characters: neighbours of a character give it away.
        cut = int(len(numbers) * (1 - val_fraction))
        self.splits = {"train": numbers[:cut], "val": numbers[cut:]}

    def get_batch(self, split, batch_size, block_size, rng):
        """Random windows of the text, and the same windows one character later: what the model should say."""
        numbers = self.splits[split]
        starts = rng.integers(0, len(numbers) - block_size, size=batch_size)  # (B,)
        windows = starts[:, None] + np.arange(block_size + 1)  # (B, T + 1)
        inputs = numbers[windows[:, :-1]]  # (B, T)
        targets = numbers[windows[:, 1:]]  # (B, T)
        return inputs, targets
