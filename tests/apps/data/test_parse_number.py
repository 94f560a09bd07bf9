"""Numbers that stand in files as text."""

import pytest

from apps.data.parse_number import parse_number

pytestmark = pytest.mark.no_backend


@pytest.mark.parametrize(
    "text", ["0", "-1", "+2.5", ".5", "5.", "1e3", "1.5E-7", " 7\t", "1e999"]
)
def test_a_number_is_what_python_makes_of_it(text):
    assert parse_number(text) == float(text)


@pytest.mark.parametrize(
    "text",
    ["", ".", "e3", "1e", "1 2", "1,5", "0x1", "1_0", "1e1_0", "\u0661", "inf"],
)
def test_other_text_is_none(text):
    assert parse_number(text) is None
