"""What the loss means in words that people use."""

import math

import numpy as np

from loss import cross_entropy


def accuracy(logits, targets):
    """The share of positions where the highest score is the right character."""
    return float((logits.argmax(axis=-1) == targets).mean())


def perplexity(loss):
    """Among how many equally likely characters it hesitates: V for knowing nothing, 1 for being sure."""
    return math.exp(loss)


def evaluate(model, data, split, config):
    """Loss, accuracy and perplexity on batches that are the same at every call, so that two calls compare."""
    rng = np.random.default_rng(config.seed)
    losses, accuracies = [], []
    for _ in range(config.eval_batches):
        inputs, targets = data.get_batch(split, config.batch_size, config.block_size, rng)
        logits = model.forward(inputs)  # (B, T, V)
        losses.append(cross_entropy(logits, targets)[0])
        accuracies.append(accuracy(logits, targets))
    loss = sum(losses) / len(losses)
    return {"loss": loss, "accuracy": sum(accuracies) / len(accuracies), "perplexity": perplexity(loss)}
