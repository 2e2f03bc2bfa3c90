"""How wrong the scores are: the cross-entropy between what the model expected and what came."""

import numpy as np

from layers import softmax


class CrossEntropy:
    """The mean of -log(probability of the right character): ln(V) for knowing nothing, 0 for a seer."""

    def forward(self, logits, targets):
        B, T, V = logits.shape  # stop: loss
        self.targets = targets.reshape(B * T)
        self.probabilities = softmax(logits).reshape(B * T, V)
        right = self.probabilities[np.arange(B * T), self.targets]  # (B*T,)
        return float(-np.log(right + 1e-12).mean())  # stop: loss

    def backward(self, shape):
        """Gradient of the loss with respect to the logits: the probabilities, minus 1 where the answer is."""
        dlogits = self.probabilities.copy()  # stop: backward
        dlogits[np.arange(len(self.targets)), self.targets] -= 1
        return (dlogits / len(self.targets)).reshape(shape)  # (B, T, V)
