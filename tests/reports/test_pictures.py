"""Pictures of labels and predictions, by what they are made of."""

import itertools
import sys

import numpy as np
import pytest

pytest.importorskip("scipy")
pytest.importorskip("matplotlib")

from matplotlib.markers import CARETLEFT
from matplotlib.markers import CARETRIGHT
from PIL import Image

from keras_groupdir import LabelGroups
from keras_groupdir.experiments import Comparison
from keras_groupdir.experiments import summarize
from keras_groupdir.reports import draw_critical_difference
from keras_groupdir.reports import draw_errors
from keras_groupdir.reports import draw_gain
from keras_groupdir.reports import draw_label_errors
from keras_groupdir.reports import draw_labels
from keras_groupdir.reports import draw_predictions
from keras_groupdir.reports import draw_shots
from keras_groupdir.reports import figures
from keras_groupdir.scores import ShotTable
from tests.apps.compare.made_up import line

pytestmark = pytest.mark.no_backend
RNG = np.random.default_rng(0)
TRAIN = np.clip(RNG.lognormal(3, 0.5, 2000), 5, 90)
Y = RNG.uniform(5, 90, 300)
MODELS = {"vanilla": 0.6 * Y + 8, "groupdir_balanced": Y[:, None] + 2}

# Of the modules that make figures of their own.
DRAWN = (
    "draw_critical_difference",
    "draw_errors",
    "draw_gain",
    "draw_predictions",
    "draw_shots",
)


@pytest.fixture
def figure(monkeypatch):
    """The last figure that was made."""
    made = []
    new = figures.new_figure

    def remembered(*size):
        made.append(new(*size))
        return made[-1]

    for module in ("figures", *DRAWN):
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
    draw_label_errors(MODELS, Y, tmp_path / "errors.png", TRAIN, bins=4)
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


@pytest.fixture
def axes():
    """A panel of somebody's own figure."""
    return figures.new_figure(6, 4).subplots()


def test_shots_change_where_the_counts_of_a_bin_do(axes):
    # 100 is not more than 100, and 20 is not fewer than 20.
    counts = {3: 101, 4: 150, 5: 100, 6: 20, 7: 19, 9: 300}
    train = np.repeat(list(counts), list(counts.values()))
    bins = LabelGroups.equal_width(0, 12, width=1)
    draw_labels(train, bins=bins, axes=axes)
    *shades, steps = axes.patches
    assert [(one.get_x(), one.get_width()) for one in shades] == [
        (0, 3),
        (3, 2),
        (5, 2),
        (7, 2),
        (9, 1),
        (10, 2),
    ]
    few, many, median, *others = [one.get_facecolor() for one in shades]
    assert others == [few, many, few]
    assert len({few, many, median}) == 3
    heights = steps.get_data().values.tolist()
    assert heights == [counts.get(one, 0) for one in range(12)]


def test_lines_are_means_over_a_window_by_a_loop(axes):
    labels, errors = RNG.integers(0, 30, 40), RNG.normal(size=40)
    bins = LabelGroups.equal_width(0, 30, width=1)
    predictions = {"a": labels + errors, "b": labels - 2 * errors}
    draw_label_errors(predictions, labels, bins=bins, window=5, axes=axes)
    dots, line, _, other = axes.lines
    for drawn, reach in ((dots, 0), (line, 2)):
        expected = {
            one + 0.5: abs(errors[near]).mean()
            for one in range(30)
            if (near := abs(labels - one) <= reach).any()
        }
        np.testing.assert_allclose(drawn.get_xdata(), list(expected))
        np.testing.assert_allclose(
            drawn.get_ydata(), list(expected.values()), rtol=1e-5
        )
    np.testing.assert_allclose(other.get_ydata(), 2 * line.get_ydata(), 1e-5)


def test_bins_of_errors_are_those_of_shots(axes):
    bins = LabelGroups.equal_width(0, 100, width=10)
    draw_label_errors(MODELS, Y, train_labels=TRAIN, bins=bins, axes=axes)
    shade_edges = {one.get_x() for one in axes.patches}
    assert len(shade_edges) > 2
    assert shade_edges <= set(bins.edges)


def test_all_predictions_in_one_panel(axes):
    bins = LabelGroups.equal_width(0, 90, width=30)
    draw_predictions(MODELS, Y, bins=bins, title="All", axes=axes)
    legend = [text.get_text() for text in axes.get_legend().get_texts()]
    assert legend == [*MODELS, "truth"]
    assert axes.get_title() == "All"
    _, dots, means, _, _ = axes.lines
    assert dots.get_color() == means.get_color()
    ids = Y // 30
    expected = [(0.6 * Y + 8)[ids == one].mean() for one in range(3)]
    np.testing.assert_allclose(means.get_ydata(), expected, rtol=1e-5)


def test_means_are_drawn_in_each_panel(figure, tmp_path):
    bins = LabelGroups.equal_width(0, 90, width=30)
    draw_predictions(MODELS, Y, tmp_path / "a.png", bins=bins, window=3)
    assert [len(one.lines) for one in figure().axes] == [3, 3]


DRAWINGS = {
    "labels": lambda **where: draw_labels(TRAIN, **where),
    "errors": lambda **where: draw_label_errors(MODELS, Y, **where),
    "predictions": lambda **where: draw_predictions(MODELS, Y, **where),
}


@pytest.mark.parametrize("name", DRAWINGS)
def test_there_is_one_place_to_draw(name, axes, tmp_path):
    for where in ({}, {"path": tmp_path / "a.png", "axes": axes}):
        with pytest.raises(ValueError, match="Either `path`, a file"):
            DRAWINGS[name](**where)
    DRAWINGS[name](axes=axes)
    assert axes.get_legend()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"bins": 1}, "`bins` must be a whole number of at least 2"),
        ({"bins": "ten"}, "`bins` must be a whole number"),
        ({"window": 2}, "`window` must be odd"),
        ({"window": 0}, "`window` must be a whole number of at least 1"),
    ],
)
def test_bins_that_cannot_be_are_named(options, match, tmp_path):
    with pytest.raises(ValueError, match=match):
        draw_label_errors(MODELS, Y, tmp_path / "a.png", **options)
    assert not list(tmp_path.iterdir())


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


def overlap(texts):
    """Whether texts lie over each other, once all are in their places."""
    boxes = [
        one.get_window_extent()
        for one in texts
        if one.get_visible() and one.get_text()
    ]
    pairs = itertools.combinations(boxes, 2)
    return any(one.overlaps(other) for one, other in pairs)


@pytest.mark.parametrize("width", [5, 80])
@pytest.mark.parametrize("size", [6e5, 7e-4, 3])
def test_numbers_of_errors_do_not_overlap(size, width, figure, tmp_path):
    lines = [
        line(
            name,
            seed,
            size * (1 + place / 30 + seed / 100),
            few=size * (1.1 + place / 30),
            title="e" * width,
            unit="US dollars",
        )
        for place, name in enumerate(("vanilla", "bmc", "groupdir", "sqinv"))
        for seed in range(3)
    ]
    draw_errors(Comparison.from_lines(lines), tmp_path / "errors.png")
    figure().draw_without_rendering()
    for axes in figure().axes:
        low, high = axes.get_xlim()
        ticks = zip(axes.get_xticks(), axes.get_xticklabels(), strict=True)
        shown = [label for tick, label in ticks if low <= tick <= high]
        assert len(shown) > 1
        around = [axes.xaxis.get_offset_text(), *label_of(figure())]
        assert not overlap([*shown, *around])


def label_of(figure):
    """The texts that say what both panels of errors measure."""
    return figure.findobj(lambda one: "less is better" in text_of(one))


def text_of(artist):
    return artist.get_text() if hasattr(artist, "get_text") else ""


def inside(texts, figure):
    """Whether texts are all in the picture."""
    boxes = [one.get_window_extent() for one in texts]
    return all(
        box.x0 >= 0 and box.x1 <= figure.bbox.width and box.y0 >= 0
        for box in boxes
    )


@pytest.mark.parametrize(
    "unit", ["ViolentCrimesPerPop per 100k 2018", "W" * 70]
)
def test_a_long_unit_is_read_whole(unit, figure, tmp_path):
    lines = [
        line(name, 0, 1.0, unit=unit, title="e" * 60)
        for name in ("vanilla", "bmc")
    ]
    draw_errors(Comparison.from_lines(lines), tmp_path / "errors.png")
    figure().draw_without_rendering()
    labels, legend = label_of(figure()), figure().legends[0].get_texts()
    assert labels
    assert inside(labels, figure())
    assert not overlap([*labels, *legend])


# Far off is one mean, and both ends of another's interval.
CUT_ERRORS = {
    "vanilla": (1.0, 1.0),
    "bmc": (1.01, 1.01),
    "sqinv": (1.02, 1.02),
    "groupdir": (1.03, 1.09),
    "corn": (8.0, 8.0),
}


def draw_cut(path):
    lines = [
        line(name, seed, error, few=error)
        for name, errors in CUT_ERRORS.items()
        for seed, error in enumerate(errors)
    ]
    draw_errors(Comparison.from_lines(lines), path)


def test_what_goes_beyond_the_frame_ends_in_a_triangle(figure, tmp_path):
    draw_cut(tmp_path / "errors.png")
    for axes in figure().axes:
        low, high = axes.get_xlim()
        assert high < 2
        marks = {
            (x, place, one.get_marker())
            for one in axes.lines
            for x, place in one.get_xydata()
            if one.get_marker() in (CARETLEFT, CARETRIGHT)
        }
        assert marks == {
            (low, 3, CARETLEFT),
            (high, 3, CARETRIGHT),
            (high, 4, CARETRIGHT),
        }
    assert legend_of(figure())[-1] == "goes on; a number is the mean"


def test_means_beyond_the_frame_are_beside_it(figure, tmp_path):
    draw_cut(tmp_path / "errors.png")
    figure().draw_without_rendering()
    frames = [one.get_window_extent() for one in figure().axes]
    for axes in figure().axes:
        (mean,) = axes.texts
        assert mean.get_text() == "8"
        assert inside([mean], figure())
        assert not any(mean.get_window_extent().overlaps(f) for f in frames)


LONG_TITLES = (
    "Group-DIR (soft labels, mixture) + matched, corrected",
    "Group-DIR (soft labels, mixture) + fourth_root_inverse, corrected",
    "of several " * 9,
    "short",
)


@pytest.mark.parametrize("count", [4, 40])
@pytest.mark.parametrize("picture", ["ranks", "gain"])
def test_long_names_of_methods_do_not_overlap(picture, count, figure, tmp_path):
    titles = [LONG_TITLES[place % 4] for place in range(count)]
    found = [
        Comparison.from_lines(
            line(
                f"method {place}" if place else "vanilla",
                seed=0,
                error=1 + place,
                title=title,
                data=data,
                dataset=data,
            )
            for place, title in enumerate(["VANILLA", *titles])
        )
        for data in "ab"
    ]
    if picture == "ranks":
        draw_critical_difference(summarize(found), tmp_path / "ranks.png")
    else:
        draw_gain(found[0], tmp_path / "gain.png")
    figure().draw_without_rendering()
    names = figure().axes[0].get_yticklabels()
    assert len(names) >= count
    assert not overlap(names)


def shot_tables(count, metric="mae"):
    names = ("all", "many", "median", "few")
    counts = dict.fromkeys(names, 5)
    return {
        f"model {place}": ShotTable(
            counts, {"model": {metric: dict.fromkeys(names, 0.777)}}
        )
        for place in range(count)
    }


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("mae", "MAE (years), less is better"),
        ("geometric_mean", "GM (years), less is better"),
        ("balanced_mae", "bMAE (years), less is better"),
        ("balanced_mase", "bMASE, less is better"),
        ("mse", "MSE (years²), less is better"),
        ("sera", "SERA (years²), less is better"),
        ("pearson", "Pearson, more is better"),
        ("ccc", "CCC, more is better"),
    ],
)
def test_the_axis_of_shots_says_what_is_better(
    metric, expected, figure, tmp_path
):
    path = tmp_path / "shots.png"
    draw_shots(shot_tables(1, metric), path, metric, "years")
    (axes,) = figure().axes
    assert axes.get_ylabel() == expected


@pytest.mark.parametrize("count", [9, 20])
def test_bars_of_every_prediction_look_different(count, figure, tmp_path):
    draw_shots(shot_tables(count), tmp_path / "shots.png")
    (axes,) = figure().axes
    looks = [
        (one[0].get_facecolor(), one[0].get_hatch()) for one in axes.containers
    ]
    assert len(set(looks)) == len(looks) == count


@pytest.mark.parametrize(("count", "labels"), [(3, 12), (6, 24), (9, 0)])
def test_numbers_of_bars_do_not_overlap(count, labels, figure, tmp_path):
    draw_shots(shot_tables(count), tmp_path / "shots.png")
    figure().draw_without_rendering()
    (axes,) = figure().axes
    assert len(axes.texts) == labels
    assert not overlap(axes.texts)


@pytest.mark.parametrize(
    "bins", [None, LabelGroups.equal_width(0, 100, width=10)]
)
def test_predictions_over_each_other_look_different(bins, axes):
    predictions = {f"model {i}": Y + i for i in range(12)}
    draw_predictions(predictions, Y, axes=axes, bins=bins)
    shown = axes.get_legend().get_lines()[:-1]
    looks = [(one.get_color(), one.get_marker()) for one in shown]
    assert len(set(looks)) == len(looks) == 12


def test_lines_of_every_prediction_look_different(axes):
    draw_label_errors({f"model {i}": Y + i for i in range(12)}, Y, axes=axes)
    looks = [(one.get_color(), one.get_marker()) for one in axes.lines]
    assert len(set(looks)) == len(looks) == 12
