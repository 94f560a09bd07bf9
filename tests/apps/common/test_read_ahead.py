import itertools
import threading
import time

import pytest

from apps.common.read_ahead import read_ahead


def test_items_come_in_order_and_end():
    assert list(read_ahead(iter(range(50)), most=3)) == list(range(50))


def test_no_more_than_asked_for_is_made_ahead():
    made = []
    stream = read_ahead((made.append(i) or i for i in itertools.count()), 4)
    next(stream)
    deadline = time.monotonic() + 5
    while len(made) < 6 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.3)
    # One is out, four wait and one more is in the maker's hand.
    assert len(made) == 6


def test_an_error_reaches_the_reader():
    def broken():
        yield 1
        raise ValueError("no more faces")

    stream = read_ahead(broken())
    assert next(stream) == 1
    with pytest.raises(ValueError, match="no more faces"):
        next(stream)


def test_the_thread_ends_with_its_reader():
    before = threading.active_count()
    stream = read_ahead(itertools.count(), most=2)
    next(stream)
    stream.close()
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() == before
