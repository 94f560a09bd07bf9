"""Runs of the comparison on a tiny table: made once, gone on with, refused."""

import importlib
import json
import re

import pytest

from apps.compare import compare
from apps.compare.compare import main
from keras_groupdir.experiments import describe_run
from keras_groupdir.experiments import run_method
from keras_groupdir.experiments import runs
from keras_groupdir.recipes import RECIPES
from tests.apps.compare.made_up import row
from tests.apps.compare.made_up import write_prices

pytestmark = pytest.mark.usefixtures("eager")

METHODS = ["vanilla", "groupdir"]


@pytest.fixture
def table(tmp_path):
    return write_prices(tmp_path / "prices.csv")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["diamond"], "`dataset` must be one of diamonds"),
        (["diamonds", "--tries=5"], "--tries: must be from 1 to 4. Rec.*: 5"),
        (["diamonds", "--seeds", "1", "2", "1"], "`seeds` must differ"),
        (["diamonds", "--data-dir=x"], "--data-dir` is not for .* takes none"),
        (["utkface_dir", "--glove=x"], "--glove` is not .* takes --data-dir"),
        (["t.csv", "--glove=x"], "--glove` is not for t.csv, .* --target"),
        (["sts_b_dir", "--target=x"], "--data-dir and --glove.*Received: 'x'"),
        (["diamonds", "--settings=x"], "--settings: not JSON"),
        (["diamonds", "--settings=3"], "--settings: not a JSON object: 3"),
        (
            ["diamonds", "--settings={}"],
            r"of one method. Received: \d+ methods",
        ),
        (
            ["diamonds", "--methods=all", "--settings={}"],
            f"of one method. Received: {len(RECIPES)} methods",
        ),
        (
            ["diamonds", "--methods=bmc", '--settings={"beta": 2}'],
            "`settings` must be those of the recipe 'bmc'",
        ),
    ],
)
def test_wrong_flags_are_refused(capsys, flags, message):
    assert re.search(message, usage_error(capsys, flags))


def lines_of(folder):
    return {
        path.stem: [json.loads(line) for line in path.open()]
        for path in folder.glob("*.jsonl")
    }


@pytest.fixture
def flags(tmp_path, table):
    return [
        table,
        "--methods",
        *METHODS,
        "--seeds",
        "0",
        "--tries=2",
        "--epochs=2",
        f"--output={tmp_path / 'out'}",
    ]


def refuse(*arguments):
    raise AssertionError("something ran")


@pytest.mark.slow
@pytest.mark.one_backend
def test_a_comparison_is_run_once(tmp_path, flags, monkeypatch):
    main(flags)
    lines = lines_of(tmp_path / "out")
    assert set(lines) == set(METHODS)
    for of_method in lines.values():
        kinds = [line["kind"] for line in of_method]
        assert kinds == ["try", "try", "run"]
        assert all(line["training"]["epochs"] == 2 for line in of_method)
        assert all("test" not in line for line in of_method[:2])
        assert of_method[2]["test"]["counts"]["all"] > 0
    monkeypatch.setattr(runs, "run_method", refuse)
    main(flags)
    assert lines_of(tmp_path / "out") == lines


def fake_run(problem, method, settings, seed, splits, *others):
    counts = {"all": 3, "many": 1, "median": 1, "few": 1}
    table = {"counts": counts, "rows": {"model": row(1.0)}}
    return {
        **describe_run(problem, method, settings, seed),
        "seconds": 0.0,
        "diverged": False,
        "best_epoch": 1,
        "best_error": 1.0,
        "routing": "model",
        **dict.fromkeys(splits, table),
    }


def cannot_train(monkeypatch, message):
    """As where a method does not suit the data."""

    def fails(*arguments, **others):
        raise ValueError(message)

    module = importlib.import_module("keras_groupdir.experiments.run_method")
    monkeypatch.setattr(module, "fit_recipe", fails)


def usage_error(capsys, flags):
    """What the command line says of flags that it refuses."""
    with pytest.raises(SystemExit, match="2"):
        main(flags)
    return " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("killed_after", [0, 1, 3, 5])
def test_a_killed_comparison_goes_on_where_it_was(
    tmp_path, flags, monkeypatch, killed_after
):
    calls = []

    def killed(*arguments):
        if len(calls) == killed_after:
            raise KeyboardInterrupt
        calls.append(arguments[1])
        return fake_run(*arguments)

    monkeypatch.setattr(compare, "report", lambda store: "")
    monkeypatch.setattr(runs, "run_method", killed)
    with pytest.raises(KeyboardInterrupt):
        main(flags)

    def counted(*arguments):
        calls.append(arguments[1])
        return fake_run(*arguments)

    monkeypatch.setattr(runs, "run_method", counted)
    main(flags)
    assert calls == ["vanilla"] * 3 + ["groupdir"] * 3
    assert [len(of) for of in lines_of(tmp_path / "out").values()] == [3, 3]


def test_other_targets_and_tables_have_folders_of_their_own(
    tmp_path, table, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        compare, "report", lambda store: store.folder.as_posix()
    )
    for flags, folder in [
        ([table], "prices"),
        ([table, "--target=size/m2"], "prices_size_m2"),
        (["x/abalone"], "abalone"),
        (["x/abalone_train.csv"], "abalone"),
        (["diamonds"], "diamonds"),
    ]:
        assert main([*flags, "--report"]) == f"runs/compare/{folder}"


@pytest.fixture
def made(flags, monkeypatch, tmp_path):
    """A comparison that has been made, by runs that cost nothing."""
    monkeypatch.setattr(runs, "run_method", fake_run)
    main(flags)
    monkeypatch.setattr(runs, "run_method", refuse)
    return tmp_path / "out"


def test_settings_take_the_place_of_the_tries(tmp_path, flags, monkeypatch):
    monkeypatch.setattr(runs, "run_method", fake_run)
    given = '--settings={"beta": 2.0, "learning_rate": 0.5}'
    main([*flags, "--methods=focal_r", given])
    (line,) = lines_of(tmp_path / "out")["focal_r"]
    assert line["kind"] == "run"
    assert line["settings"] == {"beta": 2.0, "learning_rate": 0.5}


def test_a_folder_is_of_one_budget(made, flags, capsys):
    before = lines_of(made)
    printed = usage_error(capsys, [*flags, "--epochs=1"])
    assert re.search(
        "`output` .* one budget. .*which holds epochs 2, where epochs 1 is "
        "asked for",
        printed,
    )
    # Of a method that the folder has not, too.
    other = ["--methods", "bmc", "--epochs=1"]
    assert "holds epochs 2" in usage_error(capsys, [*flags, *other])
    assert lines_of(made) == before


def test_a_folder_is_of_one_data_set(made, flags, tmp_path, capsys):
    held = lines_of(made)["vanilla"][0]["data"]
    write_prices(tmp_path / "prices.csv", scale=1000)
    printed = usage_error(capsys, flags)
    assert f"holds digest of the data {held}, where digest of" in printed
    printed = usage_error(capsys, [*flags, "--target=size"])
    assert "holds data set prices, price" in printed


def test_lines_without_a_digest_are_refused(made, flags, capsys):
    for name, lines in lines_of(made).items():
        for one in lines:
            del one["data"]
        text = "".join(json.dumps(one) + "\n" for one in lines)
        (made / f"{name}.jsonl").write_text(text)
    assert "line 1 (data is None)" in usage_error(capsys, flags)


def test_a_mixed_folder_has_no_report(made, flags, tmp_path, capsys):
    path = made / "vanilla.jsonl"
    text = path.read_text()
    path.write_text(text + text.replace('"epochs": 2', '"epochs": 1'))
    printed = usage_error(capsys, [*flags, "--report"])
    assert "one budget. Received: epochs 2 and 1 in" in printed


def test_what_cannot_be_loaded_leaves_no_folder(table, tmp_path, capsys):
    output = f"--output={tmp_path / 'out'}"
    printed = usage_error(capsys, [table, "--target=no", output])
    assert "`target` must be one of 'price'" in printed
    assert "no finished runs" in main([table, "--report", output])
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("report", [[], ["--report"]])
def test_a_file_is_no_output(table, capsys, report):
    printed = usage_error(capsys, [table, f"--output={table}", *report])
    assert f"`output` must be a folder, not a file. Received: {table}" in (
        printed
    )


def test_a_method_that_cannot_run_is_said_and_the_others_are_run(
    tmp_path, flags, monkeypatch, capsys
):
    def fails(problem, method, *others):
        run = run_method if method == "smoter" else fake_run
        return run(problem, method, *others)

    monkeypatch.setattr(runs, "run_method", fails)
    cannot_train(monkeypatch, "`labels` must have rare ones.")
    flags = [*flags, "--methods", "smoter", "vanilla"]
    text = main(flags)
    printed = capsys.readouterr().out
    assert "cannot run here: `labels` must have rare ones., 0 s" in printed
    lines = lines_of(tmp_path / "out")
    for one in lines["smoter"]:
        assert one["diverged"]
        assert one["error"] == "`labels` must have rare ones."
        assert "val" not in one
        others = {"seconds", "best_epoch", "best_error", "routing"}
        others |= {"error", "diverged", "kind", "method", "title", "settings"}
        others |= {"training"}
        for key in lines["vanilla"][0].keys() - others - {"val"}:
            assert one[key] == lines["vanilla"][0][key]
    assert [one["kind"] for one in lines["smoter"]] == ["try", "try", "run"]
    assert len(lines["vanilla"]) == 3
    assert "- SMOTER: `labels` must have rare ones." in text
    assert "| - | SMOTER ¹ | `smoter` | - | none; failed: 0 |" in text
    assert "diverged" not in text
    # Nor is it run again.
    monkeypatch.setattr(runs, "run_method", refuse)
    assert main(flags) == text


def test_a_comparison_of_failures_has_a_report(tmp_path, flags, monkeypatch):
    cannot_train(monkeypatch, "no rows")
    text = main(flags)
    assert text.count(": no rows") == 2
