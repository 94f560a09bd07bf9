import json

import pytest

pytest.importorskip("scipy")

from scipy import stats

from apps.common.shot_tables import METRICS
from apps.compare.pair import main
from apps.compare.pair import pair

pytestmark = pytest.mark.no_backend

ERRORS = {"all": [1.0, 1.2, 1.1], "few": [2.0, 2.5, 2.1]}
OTHERS = {"all": [1.3, 1.4, 1.5], "few": [2.2, 2.4, 2.6]}


def folder_with(path, method, errors, data="one", seeds=(0, 1, 2)):
    path.mkdir()
    lines = []
    for place, seed in enumerate(seeds):
        by_subset = {name: values[place] for name, values in errors.items()}
        by_subset |= {"many": 1.0 + seed, "median": None}
        counts = {"all": 3, "many": 1, "median": 0, "few": 1}
        table = {
            "counts": counts,
            "rows": {"model": dict.fromkeys(METRICS, by_subset)},
        }
        lines.append(
            {
                "kind": "run",
                "backend": "tensorflow",
                "keras": "3.15.1",
                "seconds": 1.0,
                "dataset": "made up",
                "data": data,
                "unit": "",
                "metric": "mae",
                "method": method,
                "title": method,
                "seed": seed,
                "settings": {},
                "training": {"epochs": 1},
                "diverged": False,
                "best_epoch": 1,
                "best_error": 1.0,
                "routing": "model",
                "val": table,
                "test": table,
            }
        )
    text = "\n".join(json.dumps(line) for line in lines)
    (path / f"{method}.jsonl").write_text(text + "\n", encoding="utf-8")
    return path


def test_the_difference_is_paired(tmp_path, capsys):
    one = folder_with(tmp_path / "one", "groupdir", ERRORS)
    other = folder_with(tmp_path / "other", "vanilla", OTHERS)
    text = main([str(one), "groupdir", str(other), "vanilla"])
    assert capsys.readouterr().out == text + "\n"
    rows = {row.split(" | ")[0].strip("| "): row for row in text.splitlines()}
    p = stats.ttest_rel(ERRORS["all"], OTHERS["all"]).pvalue
    # The mean difference is .3 of a mean of 1.4.
    assert rows["all"].startswith("| all | 1.100 | 1.400 | -21.4 ± ")
    assert rows["all"].endswith(f"| {p:.3f} |")
    # The same for each seed: no interval. Without samples: nothing.
    assert rows["many"] == "| many | 2.000 | 2.000 | +0.0 | - |"
    assert rows["median"] == "| median | - | - | - | - |"


def test_small_units_and_small_p_values_are_no_zeros(tmp_path):
    ours, theirs = (
        {"all": values, "few": values}
        for values in ([1e-5, 1.1e-5, 1.2e-5], [2e-5, 2.1e-5, 2.201e-5])
    )
    one = folder_with(tmp_path / "one", "groupdir", ours)
    other = folder_with(tmp_path / "other", "van|illa", theirs)
    header, _, row, *_ = pair(one, "groupdir", other, "van|illa").splitlines()
    assert r" | van\|illa | " in header
    assert row.startswith("| all | 1.10e-05 | 2.10e-05 | -47.6 ± 0.")
    assert row.endswith(" | <0.001 |")


def test_a_folder_with_lines_and_folders_is_of_its_lines(tmp_path, capsys):
    one = folder_with(tmp_path / "one", "groupdir", ERRORS)
    folder_with(one / "other_settings", "vanilla", OTHERS)
    other = folder_with(tmp_path / "other", "vanilla", OTHERS)
    text = main([str(one), "groupdir", str(other), "vanilla"])
    assert "| MAE | groupdir | vanilla |" in text


def test_seeds_of_one_do_not_count(tmp_path):
    one = folder_with(tmp_path / "one", "groupdir", ERRORS)
    other = folder_with(tmp_path / "other", "vanilla", OTHERS, seeds=(1, 2, 3))
    assert "| all | 1.150 | 1.350 |" in pair(one, "groupdir", other, "vanilla")


def test_other_data_and_other_names_are_refused(tmp_path, capsys):
    one = folder_with(tmp_path / "one", "groupdir", ERRORS)
    other = folder_with(tmp_path / "other", "vanilla", OTHERS, data="two")
    with pytest.raises(ValueError, match=r"data two .* has one"):
        pair(one, "groupdir", other, "vanilla")
    with pytest.raises(SystemExit):
        main([str(one), "bmc", str(other), "vanilla"])
    assert "`method` must be one of groupdir, which" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([str(one), "groupdir", str(other), "bmc"])
    assert "`other_method` must be one of vanilla" in capsys.readouterr().err


@pytest.mark.parametrize("place", [0, 2])
def test_a_folder_without_runs_is_named(place, tmp_path, capsys):
    one = folder_with(tmp_path / "one", "groupdir", ERRORS)
    (tmp_path / "empty").mkdir()
    (tmp_path / "begun").mkdir()
    (tmp_path / "begun" / "vanilla.jsonl").touch()
    for name, said in (
        ("none", "is not there"),
        ("empty", "has no finished runs"),
        ("begun", "has no finished runs"),
    ):
        flags = [str(one), "groupdir"] * 2
        flags[place] = str(tmp_path / name)
        with pytest.raises(SystemExit):
            main(flags)
        printed = capsys.readouterr().err
        assert f"{tmp_path / name}, which {said}" in printed
        assert f"`{'other_' if place else ''}folder` must be that" in printed


def two_sets(path, method, errors):
    path.mkdir()
    for name in ("one", "two"):
        folder_with(path / name, method, errors, data=name)
    return path


def test_several_data_sets_have_a_row_each_and_a_mean(tmp_path, capsys):
    ours = two_sets(tmp_path / "ours", "groupdir", ERRORS)
    theirs = two_sets(tmp_path / "theirs", "vanilla", OTHERS)
    # A data set that the other has not, and one where it has not been run.
    folder_with(ours / "three", "groupdir", ERRORS)
    folder_with(ours / "four", "groupdir", ERRORS, data="four")
    folder_with(theirs / "four", "bmc", OTHERS, data="four")
    text = main([str(ours), "groupdir", str(theirs), "vanilla"])
    rows = {row.split(" | ")[0].strip("| "): row for row in text.splitlines()}
    assert rows["one"].startswith("| one | -21.4 ± ")
    assert not {"three", "four"} & rows.keys()
    # Alike on both: the mean is certain.
    assert rows["mean"] == "| mean | -21.4 [-21.4, -21.4] | -8.3 [-8.3, -8.3] |"


def test_folders_without_a_common_data_set_are_refused(tmp_path, capsys):
    ours = two_sets(tmp_path / "ours", "groupdir", ERRORS)
    with pytest.raises(SystemExit):
        main([str(ours), "groupdir", str(tmp_path / "none"), "vanilla"])
    assert "must hold data sets of" in capsys.readouterr().err


def test_a_folder_of_data_sets_is_not_of_one(tmp_path, capsys):
    ours = two_sets(tmp_path / "ours", "groupdir", ERRORS)
    one = folder_with(tmp_path / "one", "vanilla", OTHERS)
    for flags, said in [
        (
            [ours, "groupdir", one, "vanilla"],
            f"`other_folder` must hold data sets of {ours}, which has one, "
            f"two. Received: {one}, which is that of a single comparison",
        ),
        (
            [one, "vanilla", ours, "groupdir"],
            "`other_folder` must be that of a single comparison. Received: "
            f"{ours}, which holds a folder for each of one, two",
        ),
    ]:
        with pytest.raises(SystemExit):
            main([str(flag) for flag in flags])
        assert said in " ".join(capsys.readouterr().err.split())


def test_methods_of_several_data_sets_are_named_by_their_side(tmp_path, capsys):
    ours = two_sets(tmp_path / "ours", "groupdir", ERRORS)
    theirs = two_sets(tmp_path / "theirs", "vanilla", OTHERS)
    with pytest.raises(SystemExit):
        main([str(ours), "groupdir", str(theirs), "bmc"])
    said = f"`other_method` must be one of vanilla, which {theirs / 'one'}"
    assert said in " ".join(capsys.readouterr().err.split())
