"""Captions and comments that look like language to an index: few words often, many seldom. The same for a seed."""

import itertools
import random

_BEGINNINGS = "b br c ch d f fl g gr h k l m n p pl qu r s sh st t tr v w".split()
_VOWELS = "a e i o u ai ea ou".split()
_ENDINGS = "b ck d l ll m n nd ng r rn s st t x".split()
VOCABULARY_SIZE = 5_000


class Writer:
    def __init__(self, seed):
        self._random = random.Random(seed)
        syllable = lambda: "".join(map(self._random.choice, (_BEGINNINGS, _VOWELS, _ENDINGS)))
        words = set()
        while len(words) < VOCABULARY_SIZE:
            words.add("".join(syllable() for _ in range(self._random.choice((1, 2, 2, 3)))))
        self._words = sorted(words)
        self._random.shuffle(self._words)
        # Zipf's law: the n-th word is n times rarer than the first.
        self._weights = list(itertools.accumulate(1 / rank for rank in range(1, VOCABULARY_SIZE + 1)))

    def text(self, shortest, longest):
        count = self._random.randint(shortest, longest)
        return " ".join(self._random.choices(self._words, cum_weights=self._weights, k=count))

    def queries(self, texts, count):
        """Two different words of a text each, as somebody would type who looks for it."""
        queries = []
        while len(queries) < count:
            words = {word for word in self._random.choice(texts).split(" ") if len(word) > 3}
            if len(words) > 1:
                queries.append(" ".join(self._random.sample(sorted(words), 2)))
        return queries
