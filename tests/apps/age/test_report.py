"""Made-up runs become one picture; what is missing is named."""

import json
from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from PIL import Image

from apps.age import report
from apps.age.panels import numbers
from apps.age.panels.by_age import draw_density
from apps.age.panels.by_age import draw_errors_by_age
from apps.age.panels.by_age import draw_predicted_ages
from apps.age.panels.by_group import draw_confusion
from apps.age.panels.by_group import draw_group_distance
from apps.age.panels.by_group import draw_group_sizes
from apps.age.panels.convergence import draw_convergence
from apps.age.panels.read_runs import read_runs
from keras_groupdir import LabelGroups

pytestmark = pytest.mark.no_backend

GROUPS = LabelGroups.equal_width(0, 120, num_groups=12)


def made_up_arrays(method, seed=0):
    """Skewed training ages, a flatter test set, errors that grow with age."""
    faces = np.random.default_rng(0)
    train = np.clip(faces.gamma(6, 6, 6000), 1, 110).round()
    test = np.clip(faces.gamma(3, 15, 900), 1, 95).round()
    rng = np.random.default_rng(seed)
    off = rng.normal(0, 3 + test / 12)
    arrays = {"labels": test, "prediction": 0.7 * test + 11 + off}
    if method == "groupdir":
        arrays["prediction"] = 0.85 * test + 5 + off
        guess = GROUPS.assign(np.clip(arrays["prediction"] + off, 0, 120))
        place = np.arange(GROUPS.num_groups)
        arrays["group_logits"] = -abs(guess[:, None] - place).astype("float32")
        arrays["group_edges"] = GROUPS.edges
    return {**arrays, "train_labels": train}


def made_up_results(method, epochs=12):
    fall = np.exp(-np.arange(epochs) / 4)
    history = {
        "prediction_mae": 5 + 13 * fall,
        "val_prediction_mae": 9 + 9 * fall,
    }
    if method == "groupdir":
        history["prediction_mae"] = 4 + 11 * fall
        history["val_prediction_mae"] = 7 + 9 * fall
        history["oracle_mae"] = 1.2 + 3 * fall
        history["val_oracle_mae"] = 1.6 + 3 * fall
    return {
        "settings": {
            "dataset": "utkface_dir",
            "backbone": "resnet18",
            "image_size": 64,
            "method": method,
            "seed": 0,
        },
        "history": {name: list(values) for name, values in history.items()},
        "best_epoch": epochs - 2,
    }


def write_run(folder, method, results=None, arrays=None):
    """A run folder of a method; what is given replaces parts of it."""
    folder.mkdir()
    content = {**made_up_results(method), **(results or {})}
    (folder / "results.json").write_text(json.dumps(content))
    np.savez(
        folder / "predictions.npz",
        **{**made_up_arrays(method), **(arrays or {})},
    )
    return folder


@pytest.fixture
def runs(tmp_path):
    """A vanilla and a Group-DIR run, read."""
    folders = [
        write_run(tmp_path / method, method)
        for method in ("vanilla", "groupdir")
    ]
    return read_runs(folders)


def new_axes():
    return Figure().subplots()


def lines_by_color(axes):
    """Data of the lines that have any, by color."""
    lines = {}
    for line in axes.lines:
        color = to_hex(line.get_color())
        lines.setdefault(color, []).append(line.get_ydata())
    return lines


def test_shots_and_density_are_of_training_faces_by_year(runs):
    axes = new_axes()
    draw_density(axes, runs)
    *_, steps = (p.get_data() for p in axes.patches if hasattr(p, "get_data"))
    ages = runs[0].train_labels.tolist()
    assert steps.values.tolist() == [ages.count(age) for age in range(121)]
    assert axes.get_yscale() == "log"
    seen = numbers.ages_seen(runs[0].labels, runs[0].train_labels)
    assert axes.get_xlim() == seen


def test_errors_of_every_run_are_drawn_by_age(runs):
    axes = new_axes()
    draw_errors_by_age(axes, runs)
    lines = lines_by_color(axes)
    assert len(lines) == len(runs)
    for run in runs:
        dots, _ = lines[run.color]
        of_40 = run.labels == 40
        assert abs(run.prediction[of_40] - 40).mean() in dots
        legend = [text.get_text() for text in axes.get_legend().get_texts()]
        assert f"{run.name}: {run.errors.mean():.3g} over all" in legend


def test_every_face_of_the_test_set_is_a_dot(runs):
    axes = new_axes()
    draw_predicted_ages(axes, runs)
    lines = lines_by_color(axes)
    for run in runs:
        dots, means = lines[run.color]
        np.testing.assert_array_equal(np.sort(dots), np.sort(run.prediction))
        assert len(means) <= 121


def test_confusion_has_true_groups_in_rows():
    # Ages 5, 15 and 25 are of groups 0, 1 and 2.
    labels = np.array([5.0, 5.0, 15.0, 25.0, 25.0])
    predicted = [0, 2, 1, 0, 0]
    logits = np.eye(4)[predicted]
    groups = LabelGroups.equal_width(0, 40, num_groups=4)
    confusion = numbers.group_confusion(labels, logits, groups)
    assert confusion.tolist() == [
        [1, 0, 1, 0],
        [0, 1, 0, 0],
        [2, 0, 0, 0],
        [0, 0, 0, 0],
    ]
    shares = numbers.group_shares(confusion)
    assert shares[0].tolist() == [50, 0, 50, 0]
    assert shares[2].tolist() == [100, 0, 0, 0]
    assert np.isnan(shares[3]).all()
    # (0 + 2) / 2, 0 / 1, (2 + 2) / 2, and no face.
    distances = numbers.group_distances(confusion)
    np.testing.assert_array_equal(distances, [1, 0, 2, np.nan])
    assert numbers.mean_group_distance(confusion) == (0 + 2 + 0 + 2 + 2) / 5


def test_the_confusion_panel_writes_what_it_shows(runs):
    axes = new_axes()
    draw_confusion(axes, runs[1])
    shares = numbers.group_shares(runs[1].confusion)
    np.testing.assert_array_equal(axes.images[0].get_array(), shares)
    written = {
        (text.get_position()[1], text.get_position()[0]): text.get_text()
        for text in axes.texts
    }
    assert written[2, 2] == f"{shares[2, 2]:.0f}"
    assert (0, 11) not in written
    assert written[11, 5.5] == "no faces"
    assert [t.get_text() for t in axes.get_xticklabels()][1] == "10-20"


def test_group_sizes_are_sums_of_the_confusion(runs):
    axes = new_axes()
    draw_group_sizes(axes, runs[1])
    heights = [[bar.get_height() for bar in c] for c in axes.containers]
    true = GROUPS.counts(runs[1].labels).tolist()
    predicted = runs[1].group_logits.argmax(axis=-1)
    assert heights[0] == true
    assert heights[1] == np.bincount(predicted, minlength=12).tolist()
    assert axes.get_yscale() == "log"
    # Groups without a bar are said to be empty.
    zeros = [text.get_position()[0] for text in axes.texts]
    assert zeros == [p - 0.2 for p, size in enumerate(true) if size == 0]


def test_distances_are_drawn_by_true_group(runs):
    axes = new_axes()
    draw_group_distance(axes, runs[1:])
    true_ids = GROUPS.assign(runs[1].labels)
    off = abs(runs[1].group_logits.argmax(axis=-1) - true_ids)
    heights = [bar.get_height() for bar in axes.containers[0]]
    for group in range(10):
        assert heights[group] == pytest.approx(off[true_ids == group].mean())
    assert np.isnan(heights[10:]).all()
    (label,) = axes.get_legend().get_texts()
    assert label.get_text() == f"Group-DIR: {off.mean():.2f} over all"


def test_convergence_shows_both_sets_and_the_oracle(runs):
    axes = new_axes()
    draw_convergence(axes, runs)
    vanilla, ours = runs
    drawn = [list(line.get_ydata()) for line in axes.lines]
    for run, errors in ((vanilla, 2), (ours, 4)):
        assert len(run.history) == errors
        for values in run.history.values():
            assert drawn.count(values) == 1
        kept = run.history["val_prediction_mae"][run.best_epoch - 1]
        assert [kept] in drawn
    assert axes.get_yscale() == "log"


def test_an_epoch_without_a_finite_error_is_left_out(tmp_path):
    results = made_up_results("vanilla")
    results["history"]["val_prediction_mae"][0] = None
    runs = read_runs([write_run(tmp_path / "a", "vanilla", results)])
    axes = new_axes()
    draw_convergence(axes, runs)
    axes.figure.canvas.draw()


def test_runs_from_before_are_drawn_beside_new_ones(tmp_path):
    old = write_run(tmp_path / "old", "groupdir")
    made = made_up_results("groupdir")
    made["flags"] = {**made["settings"], "method": "groupdir_paper"}
    made["settings"] = {"num_groups": 12}
    new = write_run(tmp_path / "new", "groupdir", made)
    runs = read_runs([old, new])
    assert [run.name for run in runs] == ["Group-DIR", "groupdir_paper"]
    report.draw_report(tmp_path / "report.png", runs)
    assert (tmp_path / "report.png").stat().st_size


@pytest.mark.parametrize(
    ("methods", "size"),
    [
        (["vanilla"], (3000, 825)),
        (["groupdir"], (3000, 1650)),
        (["vanilla", "groupdir", "groupdir"], (3000, 1650)),
    ],
)
def test_the_picture_is_written_whole(tmp_path, capsys, methods, size):
    folders = [
        write_run(tmp_path / f"run{place}", method)
        for place, method in enumerate(methods)
    ]
    path = tmp_path / "pictures" / "report.png"
    report.main([*map(str, folders), f"--output={path}"])
    assert list(path.parent.iterdir()) == [path]
    with Image.open(path) as picture:
        picture.load()
        assert picture.size == size
    printed = capsys.readouterr().out
    assert f"{folders[-1]}\n" in printed
    assert ("Group-DIR 2: " in printed) == (len(methods) == 3)


def test_a_failed_drawing_leaves_the_old_picture(tmp_path, monkeypatch, runs):
    path = tmp_path / "report.png"
    path.write_bytes(b"old")

    def fill_the_disk(figure, file, **_):
        Path(file).write_bytes(b"half")
        raise OSError("no space left")

    monkeypatch.setattr(Figure, "savefig", fill_the_disk)
    with pytest.raises(OSError, match="no space left"):
        report.draw_report(path, runs)
    assert path.read_bytes() == b"old"


def without(content, *names):
    return {k: v for k, v in content.items() if k not in names}


@pytest.mark.parametrize(
    ("method", "part", "name"),
    [
        ("vanilla", None, "history"),
        ("vanilla", None, "best_epoch"),
        ("vanilla", "settings", "method"),
        ("vanilla", "settings", "dataset"),
        ("vanilla", "history", "prediction_mae"),
        ("groupdir", "history", "val_oracle_mae"),
    ],
)
def test_a_key_missing_in_the_results_is_named(tmp_path, method, part, name):
    folder = write_run(tmp_path / "run", method)
    content = made_up_results(method)
    if part is None:
        content = without(content, name)
    else:
        content[part] = without(content[part], name)
    (folder / "results.json").write_text(json.dumps(content))
    where = "run/results.json" if part is None else rf"`{part}` in .*/run/"
    with pytest.raises(ValueError, match=rf"{where}.* has no '{name}'"):
        read_runs([folder])


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("vanilla", "labels"),
        ("vanilla", "train_labels"),
        ("groupdir", "group_logits"),
        ("groupdir", "group_edges"),
    ],
)
def test_an_array_missing_in_the_predictions_is_named(tmp_path, method, name):
    folder = write_run(tmp_path / "run", method)
    arrays = without(made_up_arrays(method), name)
    np.savez(folder / "predictions.npz", **arrays)
    with pytest.raises(
        ValueError, match=rf"run/predictions.npz has no '{name}'. It has: '"
    ):
        read_runs([folder])


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("prediction", np.zeros((900, 1))),
        ("group_logits", np.zeros((900, 11))),
        ("train_labels", np.zeros(0)),
    ],
)
def test_an_array_of_the_wrong_shape_is_named(tmp_path, name, wrong):
    folder = write_run(tmp_path / "run", "groupdir", arrays={name: wrong})
    with pytest.raises(ValueError, match=rf"'{name}' in .*predictions.npz"):
        read_runs([folder])


@pytest.mark.parametrize("best_epoch", [0, 13, None])
def test_the_best_epoch_is_one_of_those_trained(tmp_path, best_epoch):
    results = {**made_up_results("vanilla"), "best_epoch": best_epoch}
    folder = write_run(tmp_path / "run", "vanilla", results)
    with pytest.raises(ValueError, match=f"best_epoch={best_epoch}"):
        read_runs([folder])


@pytest.mark.parametrize("name", ["results.json", "predictions.npz"])
@pytest.mark.parametrize("content", [None, b"", b"[1]", b"PK\x03\x04"])
def test_a_file_that_cannot_be_read_is_named(tmp_path, name, content):
    folder = write_run(tmp_path / "run", "vanilla")
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    with pytest.raises(ValueError, match=f"run/{name} (cannot|must|has no)"):
        read_runs([folder])


def test_runs_of_other_faces_are_not_drawn_together(tmp_path):
    other = made_up_arrays("groupdir")
    other["labels"] = other["labels"][::-1]
    folders = [
        write_run(tmp_path / "a", "vanilla"),
        write_run(tmp_path / "b", "groupdir", arrays=other),
    ]
    with pytest.raises(ValueError, match=r"'labels' in .*b/predictions.npz"):
        read_runs(folders)


BAD = [None, 3, "x", [], {}, ["x"]]


@pytest.mark.parametrize("value", BAD, ids=str)
def test_a_part_that_was_changed_is_named(tmp_path, value):
    folder = write_run(tmp_path / "run", "groupdir")
    good = made_up_results("groupdir")
    for name in ("settings", "history"):
        for part in (None, *good[name]):
            is_right = part == "seed" or (part, value) == ("image_size", 3)
            if is_right or (name == "settings" and part and value == "x"):
                continue
            changed = {**good[name], part: value} if part else value
            text = json.dumps({**good, name: changed})
            (folder / "results.json").write_text(text)
            with pytest.raises(ValueError, match=r"run/results\.json"):
                read_runs([folder])


@pytest.mark.parametrize("value", [["a"], [[1.0]], [], 3.0, [np.nan], [1e39]])
def test_an_array_that_was_changed_is_named(tmp_path, value):
    for place, name in enumerate(made_up_arrays("groupdir")):
        folder = tmp_path / f"run{place}"
        write_run(folder, "groupdir", arrays={name: np.array(value)})
        with pytest.raises(ValueError, match=r"predictions\.npz"):
            read_runs([folder])


def test_a_face_without_a_group_is_named(tmp_path):
    logits = made_up_arrays("groupdir")["group_logits"]
    logits[7, 2] = np.nan
    folder = write_run(
        tmp_path / "a", "groupdir", arrays={"group_logits": logits}
    )
    with pytest.raises(ValueError, match=r"'group_logits' in .*NaN is of no"):
        read_runs([folder])


def test_names_out_of_files_are_drawn_as_they_are(tmp_path):
    odd = {"method": "group $x^$", "backbone": "$\\frac{", "dataset": "$_$"}
    settings = made_up_results("groupdir")["settings"] | odd
    results = {"settings": settings}
    folder = write_run(tmp_path / "a", "groupdir", results=results)
    path = report.main([str(folder), f"--output={tmp_path / 'a.png'}"])
    assert path.exists()


def test_a_mistake_ends_in_a_sentence(tmp_path, capsys):
    with pytest.raises(SystemExit):
        report.main([str(tmp_path), f"--output={tmp_path / 'report.png'}"])
    assert "results.json cannot be read" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
