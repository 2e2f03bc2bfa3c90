"""The language model: characters in, a score for every possible next character out."""

import numpy as np

from layers import CausalSelfAttention, Embedding, FeedForward, LayerNorm, Linear, Module, softmax


class Block(Module):
    """Look around (attention), then think (feed-forward); each adds to the stream instead of replacing it."""

    def __init__(self, n_embd, n_head, block_size, rng):
        self.norm1 = LayerNorm(n_embd)
        self.attention = CausalSelfAttention(n_embd, n_head, block_size, rng)
        self.norm2 = LayerNorm(n_embd)
        self.feed_forward = FeedForward(n_embd, rng)

    def forward(self, x):
        x = x + self.attention.forward(self.norm1.forward(x))  # (B, T, C)
        return x + self.feed_forward.forward(self.norm2.forward(x))  # (B, T, C)

    def backward(self, dy):
        dx = dy + self.norm2.backward(self.feed_forward.backward(dy))  # a sum hands its gradient to both sides
        return dx + self.norm1.backward(self.attention.backward(dx))


class CharTransformer(Module):
    """A small GPT: what each character is, plus where it stands, through the blocks, to scores."""

    def __init__(self, vocab_size, block_size, n_layer, n_head, n_embd, rng):
        self.block_size = block_size
        self.token_embedding = Embedding(vocab_size, n_embd, rng)
        self.position_embedding = Embedding(block_size, n_embd, rng)
        self.blocks = [Block(n_embd, n_head, block_size, rng) for _ in range(n_layer)]
        self.norm = LayerNorm(n_embd)
        self.head = Linear(n_embd, vocab_size, rng, scale=0.1)  # small: no opinion before the first lesson

    def forward(self, inputs):
        """inputs (B, T) of character numbers -> logits (B, T, V), a score for each next character."""
        B, T = inputs.shape
        x = self.token_embedding.forward(inputs)  # (B, T, C)
        x = x + self.position_embedding.forward(np.arange(T))  # (T, C) is added to every sequence
        for block in self.blocks:
            x = block.forward(x)  # (B, T, C)
        return self.head.forward(self.norm.forward(x))  # (B, T, V)

    def backward(self, dlogits):
        """The same way back: from the scores (B, T, V) to the gradient of every parameter."""
        dx = self.norm.backward(self.head.backward(dlogits))  # (B, T, C)
        for block in reversed(self.blocks):
            dx = block.backward(dx)
        self.position_embedding.backward(dx.sum(axis=0))
        self.token_embedding.backward(dx)

    def count_parameters(self):
        return sum(parameter.value.size for _, parameter in self.named_parameters())

    def generate(self, start, length, rng, temperature=0.7):
        """Continue the numbers in start: ask for the next character, draw one, append it, ask again."""
        numbers = list(start)
        for _ in range(length):
            window = np.array([numbers[-self.block_size:]])  # (1, T)
            logits = self.forward(window)[0, -1].astype(np.float64)  # (V,), those for the last position
            chances = softmax(logits / temperature)  # below 1 it plays safe, above 1 it dares
            numbers.append(rng.choice(len(chances), p=chances))
        return numbers
