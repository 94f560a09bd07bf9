import pytest

from tests.ecosystem.tables import BACKENDS
from tests.ecosystem.tables import ROOT
from tests.ecosystem.tables import TABLES
from tests.ecosystem.tables import WITHOUT_TEST
from tests.ecosystem.tables import rows
from tests.ecosystem.tables import with_table

pytestmark = pytest.mark.no_backend


@pytest.mark.parametrize("page", TABLES)
def test_the_page_says_what_the_tests_say(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    assert text == with_table(page), "run python -m tests.ecosystem"


def test_every_row_says_one_of_few_things():
    found = rows()
    assert len(found) > 12
    for subject, result, why, backends, _ in found:
        assert result in ("works", "refused", "not offered"), subject
        assert why, subject
        assert set(backends) <= set(BACKENDS), subject
    subjects = [one[0] for one in (*found, *WITHOUT_TEST)]
    assert len(subjects) == len(set(subjects))
