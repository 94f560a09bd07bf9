"""What files say of methods is shown as text, in tables and in pictures."""

import pytest

pytest.importorskip("scipy")
pytest.importorskip("matplotlib")

from PIL import Image

from apps.compare.sections.head import head
from apps.compare.sections.routings import routings
from keras_groupdir.experiments import Comparison
from keras_groupdir.experiments import summarize
from keras_groupdir.reports import draw_critical_difference
from keras_groupdir.reports import draw_errors
from keras_groupdir.reports import draw_gain
from keras_groupdir.reports import errors_table
from keras_groupdir.reports import summary_table
from tests.apps.compare.made_up import line
from tests.apps.compare.made_up import row

pytestmark = pytest.mark.no_backend

EVIL = "<b> a|b\n# [x](y) $x^$"
RAW = ("<b>", "a|b", "\n# ", " [x](")
EXTRAS = {"group_accuracy": 0.3, "mean_group_distance": 1.5}
LINES = [
    line("vanilla", 0, 1.0),
    line("bmc", 0, 1.1, title=EVIL, keras=EVIL, backend=EVIL),
    # A recipe with a note, and a routing of whoever wrote the line.
    line("hca", 0, 1.2, title=f"noted {EVIL}"),
    line(
        "groupdir",
        0,
        1.3,
        rows={name: row(1.3) for name in (EVIL, f"other {EVIL}")},
        routing=EVIL,
        extras=EXTRAS,
    ),
]


@pytest.fixture
def comparison():
    return Comparison.from_lines(LINES)


@pytest.mark.parametrize("part", [head, errors_table, routings])
def test_reports_have_no_raw_text(part, comparison):
    text = part(comparison)
    for raw in RAW:
        assert raw not in text
    assert "&lt;b&gt;" in text


def test_nor_has_a_summary(comparison):
    text = summary_table(summarize([comparison]))
    for raw in RAW:
        assert raw not in text
    assert "noted &lt;b&gt; " in text


@pytest.mark.parametrize("draw", [draw_errors, draw_gain])
def test_titles_are_drawn_as_they_are(draw, comparison, tmp_path):
    draw(comparison, tmp_path / "a.png")
    with Image.open(tmp_path / "a.png") as drawn:
        assert drawn.size[0] > 1000


def test_titles_are_ranked_as_they_are(comparison, tmp_path):
    draw_critical_difference(summarize([comparison]), tmp_path / "a.png")
    assert (tmp_path / "a.png").exists()
