"""Sentences to word ids, for word vectors in the manner of GloVe."""

import re
from collections import Counter
from collections.abc import Iterable

import numpy as np

# Penn Treebank habits, which GloVe's own tokenizer shares: clitics are words
# ("do n't", "it 's"), numbers, abbreviations and words with hyphens stay whole,
# other marks stand alone.
_TOKEN = re.compile(
    r"""
      n't | '(?:s|m|d|re|ve|ll)\b           # clitics
    | [A-Za-z]+(?=n't)                      # stem of a negation
    | (?:[A-Za-z]\.){2,}                    # U.S.
    | \w+(?:(?:-|(?<=\d)[.,:/](?=\d))\w+)*  # well-known 1970s 9.5 3-year-old
    | \.\.\. | -- | [^\w\s]
    """,
    re.VERBOSE | re.IGNORECASE,
)
PAD = 0
UNKNOWN = 1
MAX_TOKENS = 40


def tokenize(sentence: str) -> list[str]:
    """Splits a sentence into words and marks; case is kept.

    Examples:

    >>> tokenize("It's 9.5% - don't well-known U.S. men buy?")
    ... # doctest: +NORMALIZE_WHITESPACE
    ['It', "'s", '9.5', '%', '-', 'do', "n't", 'well-known', 'U.S.', 'men',
     'buy', '?']
    """
    sentence = sentence.replace("\u2019", "'").replace("\u2018", "'")
    return _TOKEN.findall(sentence)


class Vocabulary:
    """Numbers words by falling frequency; 0 is padding, 1 unknown words.

    Args:
        sentences: Tokenized sentences to count.
        max_words: Most words to keep. Defaults to `30000`.
    """

    def __init__(
        self, sentences: Iterable[list[str]], max_words: int = 30000
    ) -> None:
        counts = Counter(word for words in sentences for word in words)
        ranked = sorted(counts, key=lambda word: (-counts[word], word))
        self.words = ["<pad>", "<unk>", *ranked[:max_words]]
        self._ids = {word: number for number, word in enumerate(self.words)}

    def __len__(self) -> int:
        return len(self.words)

    def encode(self, sentences: list[list[str]]) -> np.ndarray:
        """Word ids, cut and padded. Shape `(n, MAX_TOKENS)`, int32."""
        ids = np.full((len(sentences), MAX_TOKENS), PAD, dtype="int32")
        for row, words in zip(ids, sentences, strict=True):
            known = [self._ids.get(w, UNKNOWN) for w in words[:MAX_TOKENS]]
            row[: len(known)] = known
        return ids
