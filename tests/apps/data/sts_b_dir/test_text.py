"""Sentences to words, and words to ids."""

import numpy as np
import pytest

from apps.data.sts_b_dir.data import load_splits
from apps.data.sts_b_dir.glove import load_glove
from apps.data.sts_b_dir.text import MAX_TOKENS
from apps.data.sts_b_dir.text import PAD
from apps.data.sts_b_dir.text import UNKNOWN
from apps.data.sts_b_dir.text import Vocabulary
from apps.data.sts_b_dir.text import tokenize

pytestmark = pytest.mark.no_backend


@pytest.mark.parametrize(
    ("sentence", "tokens"),
    [
        ("A man's hat.", "A man 's hat ."),
        ("don't can't WON'T", "do n't ca n't WO N'T"),
        ("I\u2019ll say \u2018yes\u2019", "I 'll say ' yes '"),
        ("'settled' 'round", "' settled ' ' round"),
        ("the U.S. at 9 a.m.", "the U.S. at 9 a.m."),
        ("the 1970s, the 5th", "the 1970s , the 5th"),
        ("a 3-year-old, 1.5-mile", "a 3-year-old , 1.5-mile"),
        ("1,000 at 9.5% by 12:30.", "1,000 at 9.5 % by 12:30 ."),
        ("in 2003,we", "in 2003 , we"),
        ("well-known - and/or", "well-known - and / or"),
        ("so... yes -- no", "so ... yes -- no"),
        ('"Caf\u00e9" \u20ac5', '" Caf\u00e9 " \u20ac 5'),
    ],
)
def test_sentences_split_as_in_the_treebank(sentence, tokens):
    assert tokenize(sentence) == tokens.split()


@pytest.mark.parametrize("sentence", ["x_y", "\u4f60\u597d!", "#@&*", "'"])
def test_no_mark_is_lost(sentence):
    assert "".join(tokenize(sentence)) == sentence


def test_words_are_numbered_by_falling_frequency():
    vocabulary = Vocabulary([["b", "a", "c"], ["c", "b"], ["c"]])
    assert vocabulary.words[2:] == ["c", "b", "a"]
    assert len(vocabulary) == 5


def test_equally_frequent_words_are_in_alphabetical_order():
    assert Vocabulary([["b", "c", "a"]]).words[2:] == ["a", "b", "c"]


def test_rare_words_beyond_the_limit_are_unknown():
    vocabulary = Vocabulary([["a", "a", "b", "b", "c"]], max_words=2)
    ids = vocabulary.encode([["a", "b", "c", "never seen"]])
    np.testing.assert_array_equal(ids[0, :4], [2, 3, UNKNOWN, UNKNOWN])


def test_short_sentences_are_padded():
    ids = Vocabulary([["a"]]).encode([["a", "a"], []])
    assert ids.shape == (2, MAX_TOKENS)
    assert ids.dtype == np.int32
    np.testing.assert_array_equal(ids[0], [2, 2] + [PAD] * (MAX_TOKENS - 2))
    np.testing.assert_array_equal(ids[1], PAD)


def test_long_sentences_are_cut():
    long = [str(number) for number in range(MAX_TOKENS + 5)]
    vocabulary = Vocabulary([long])
    words = [vocabulary.words[i] for i in vocabulary.encode([long])[0]]
    assert words == long[:MAX_TOKENS]


def test_glove_knows_99_percent_of_the_benchmarks_tokens(real_dir, real_glove):
    tokens = [
        token
        for pairs in load_splits(real_dir).values()
        for sentence in (*pairs.first, *pairs.second)
        for token in tokenize(sentence)
    ]
    vectors = load_glove(real_glove, sorted(set(tokens)))
    known = sum(token in vectors for token in tokens)
    assert known / len(tokens) > 0.992
