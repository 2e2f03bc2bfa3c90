"""How wrong the scores are: the cross-entropy between what the model expected and what came."""

import numpy as np

from layers import softmax


def cross_entropy(logits, targets):
    """The loss, and its gradient with respect to the logits (B, T, V).

    The loss is the mean of -log(probability of the right character): ln(V) for knowing nothing, 0 for a seer. Its
    gradient is as simple as it gets: the probabilities, minus 1 where the right answer is, over how many there are.
    """
    B, T, V = logits.shape
    probabilities = softmax(logits).reshape(B * T, V)
    answers = np.arange(B * T), targets.reshape(B * T)  # row n, column of the character that came
    loss = -np.log(probabilities[answers] + 1e-12).mean()
    dlogits = probabilities.copy()
    dlogits[answers] -= 1
    return float(loss), (dlogits / (B * T)).reshape(B, T, V)
