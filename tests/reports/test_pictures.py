"""Pictures of labels and predictions, by what they are made of."""

import itertools
import sys

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("matplotlib")

from PIL import Image

from keras_groupdir import LabelGroups
from keras_groupdir.reports import draw_label_errors
from keras_groupdir.reports import draw_labels
from keras_groupdir.reports import draw_predictions
from keras_groupdir.reports import figures

pytestmark = pytest.mark.no_backend
RNG = np.random.default_rng(0)
TRAIN = np.clip(RNG.lognormal(3, 0.5, 2000), 5, 90)
Y = RNG.uniform(5, 90, 300)
MODELS = {"vanilla": 0.6 * Y + 8, "groupdir_balanced": Y[:, None] + 2}


@pytest.fixture
def figure(monkeypatch):
    """The last figure that was made."""
    made = []
    new = figures.new_figure

    def remembered(*size):
        made.append(new(*size))
        return made[-1]

    for module in ("draw_label_errors", "draw_labels", "draw_predictions"):
        # Not by its path, where a function has the module's name.
        module = sys.modules[f"keras_groupdir.reports.{module}"]
        monkeypatch.setattr(module, "new_figure", remembered)
    return lambda: made[-1]


def legend_of(figure):
    return [text.get_text() for text in figure.legends[0].get_texts()]


def test_labels_have_shots_and_groups(figure, tmp_path):
    groups = LabelGroups.from_labels(TRAIN, 6)
    draw_labels(TRAIN, tmp_path / "a" / "labels.png", groups, unit="years")
    (axes,) = figure().axes
    assert axes.get_xlabel() == "label (years)"
    edges = [line.get_xdata()[0] for line in axes.lines]
    np.testing.assert_allclose(edges, groups.edges)
    (bars,) = axes.patches[-1:]
    assert bars.get_data().values.sum() == len(TRAIN)
    assert legend_of(figure()) == [
        "many-shot",
        "median-shot",
        "few-shot",
        "edges of 6 groups",
    ]
    with Image.open(tmp_path / "a" / "labels.png") as picture:
        assert picture.size == (1200, 675)


def test_errors_are_means_of_bins(figure, tmp_path):
    draw_label_errors(MODELS, Y, tmp_path / "errors.png", TRAIN, num_bins=4)
    (axes,) = figure().axes
    edges = np.linspace(Y.min(), Y.max(), 5)
    ids = np.clip(np.digitize(Y, edges) - 1, 0, 3)
    expected = [np.abs(0.4 * Y - 8)[ids == one].mean() for one in range(4)]
    np.testing.assert_allclose(axes.lines[0].get_ydata(), expected, rtol=1e-4)
    np.testing.assert_allclose(axes.lines[1].get_ydata(), 2, rtol=1e-5)
    assert "groupdir_balanced: 2 over all" in legend_of(figure())


def test_a_panel_for_each_prediction(figure, tmp_path):
    draw_predictions(MODELS, Y, tmp_path / "predictions.png", unit="years")
    titles = [axes.get_title() for axes in figure().axes]
    assert titles == list(MODELS)
    dots = figure().axes[0].lines[1]
    order = np.argsort(Y)
    np.testing.assert_allclose(dots.get_xdata(), Y[order], rtol=1e-6)
    np.testing.assert_allclose(dots.get_ydata(), (0.6 * Y + 8)[order])


@pytest.mark.parametrize(
    ("predictions", "match"),
    [
        ({}, "`predictions` must be a dict"),
        (Y, "`predictions` must be a dict"),
        ({"a": Y[:-1]}, r"`predictions\['a'\]` must have a value for each of"),
        ({"a": Y * np.nan}, r"`predictions\['a'\]` must be finite"),
    ],
)
@pytest.mark.parametrize("draw", [draw_label_errors, draw_predictions])
def test_predictions_that_do_not_fit_are_named(
    draw, predictions, match, tmp_path
):
    with pytest.raises(ValueError, match=match):
        draw(predictions, Y, tmp_path / "a.png")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("panels", [1, 3])
def test_long_titles_are_not_cut(panels, tmp_path):
    figure = figures.new_figure(6, 3)
    axes = figure.subplots(1, panels, squeeze=False)[0]
    for one in axes:
        one.set_title("Test error of groupdir_balanced " * (3 // panels))
    figure.suptitle("Change of groupdir_balanced from vanilla on " * 2)
    figures.save_figure(figure, tmp_path / "long.png")
    figure.draw_without_rendering()  # at its own resolution again
    for text in (*figure.texts, *(one.title for one in axes)):
        box = text.get_window_extent()
        assert box.x0 >= 0
        assert box.x1 <= figure.bbox.width
    boxes = [one.title.get_window_extent() for one in axes]
    for left, right in itertools.pairwise(boxes):
        assert left.x1 <= right.x0
