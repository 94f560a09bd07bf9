"""Several data sets in one command: a folder for each, and one summary."""

import re
import shutil
import threading
from pathlib import Path

import pytest

pytest.importorskip("scipy")

from apps.common.locks import held_alone
from apps.compare.compare import main
from apps.compare.folder_store import FolderStore
from keras_groupdir.experiments import runs
from tests.apps.compare.made_up import write_prices
from tests.apps.compare.test_compare import fake_run
from tests.apps.compare.test_compare import lines_of
from tests.apps.compare.test_compare import refuse
from tests.apps.compare.test_compare import usage_error

# What it trains is asked on every backend of a comparison of one set.
pytestmark = pytest.mark.one_backend

METHODS = ["--methods", "vanilla", "bmc", "--seeds", "0", "1", "--tries=1"]


@pytest.fixture
def tables(tmp_path):
    folder = tmp_path / "tables"
    folder.mkdir()
    return [write_prices(folder / f"{name}.csv") for name in ("one", "two")]


@pytest.fixture
def output(tmp_path, monkeypatch):
    monkeypatch.setattr(runs, "run_method", fake_run)
    monkeypatch.setattr("apps.compare.report.PICTURES", {})
    return tmp_path / "out"


def run(tables, output, *flags):
    return main([*tables, *METHODS, f"--output={output}", *flags])


def test_each_has_a_folder_and_there_is_one_summary(tables, output, capsys):
    text = run(tables, output)
    for name in ("one", "two"):
        assert set(lines_of(output / name)) == {"vanilla", "bmc"}
        assert "Test errors" in (output / name / "report.md").read_text()
        assert f"[{name}, price]({name}/report.md)" in text
    assert "## Methods over 2 data sets" in text
    assert (output / "summary.md").read_text() == text
    assert (output / "ranks.png").exists()
    printed = capsys.readouterr().out
    assert "one: [1/4] vanilla run seed 0" in printed
    assert "two: done, data set 2 of 2; its report is" in printed
    assert printed.count("## Test errors") == 0
    assert text in printed


def test_links_go_to_folders_with_blanks_in_their_names(
    tables, output, tmp_path
):
    tables[0] = write_prices(tmp_path / "tables" / "house prices.csv")
    text = run(tables, output)
    assert "[house prices, price](house%20prices/report.md)" in text
    assert (output / "house prices" / "report.md").exists()


def test_a_folder_stands_for_its_tables(tables, output, tmp_path):
    parts = [
        tmp_path / f"tables/three_{s}.csv" for s in ("train", "val", "test")
    ]
    for part in parts:
        shutil.copy(tables[0], part)
    text = run([str(tmp_path / "tables")], output)
    names = sorted(path.name for path in output.iterdir() if path.is_dir())
    assert names == ["one", "three", "two"]
    assert "Methods over 3 data sets" in text


def in_three_files(folder, name="three", suffix=".csv"):
    return [
        write_prices(folder / f"{name}_{split}{suffix}")
        for split in ("train", "val", "test")
    ]


def test_the_files_of_a_table_are_one_by_whichever_names(
    tables, output, tmp_path
):
    parts = in_three_files(tmp_path)
    text = run([str(tmp_path / "three"), *parts, tables[0]], output)
    assert "Methods over 2 data sets" in text
    assert "[three, price](three/report.md)" in text
    # As a pattern gives them, or one alone: no data set but this.
    for number, given in enumerate((parts, parts[2:])):
        alone = tmp_path / f"alone{number}"
        run(given, alone)
        assert FolderStore(alone).comparison().dataset == "three, price"


def test_of_a_table_that_lacks_a_file_none_is_taken_alone(
    output, tmp_path, capsys
):
    parts = in_three_files(tmp_path)
    Path(parts.pop(1)).unlink()
    for given in (parts, parts[1:]):
        flags = [*given, *METHODS, f"--output={output}"]
        assert "three_val.csv." in usage_error(capsys, flags)
    assert not output.exists()


def test_a_folder_has_tables_in_capitals_too(tables, output, tmp_path):
    folder = Path(tables[0]).parent
    write_prices(folder / "BIG.CSV")
    in_three_files(folder, suffix=".CSV")
    run([str(folder)], output)
    names = sorted(path.name for path in output.iterdir() if path.is_dir())
    assert names == ["BIG", "one", "three", "two"]


def test_it_goes_on_where_it_was(tables, output, monkeypatch):
    calls = []

    def killed(*arguments):
        if len(calls) == 5:
            raise KeyboardInterrupt
        calls.append((arguments[0].name, arguments[1]))
        return fake_run(*arguments)

    monkeypatch.setattr(runs, "run_method", killed)
    with pytest.raises(KeyboardInterrupt):
        run(tables, output)
    # What there is can be looked at.
    text = run(tables, output, "--report")
    assert "BMC ¹ was not run on two, price" in text.replace(
        "BMC was", "BMC ¹ was"
    )
    assert "VANILLA on two, price: no run of" not in text
    monkeypatch.setattr(
        runs, "run_method", lambda *a: calls.append(a[1]) or fake_run(*a)
    )
    text = run(tables, output)
    assert calls[5:] == ["vanilla", "bmc", "bmc"]
    monkeypatch.setattr(runs, "run_method", refuse)
    assert run(tables, output) == text
    assert run(tables, output, "--report") == text


def test_the_report_is_of_what_there_is(tables, output, tmp_path):
    assert "no finished runs" in run(tables, output, "--report")
    assert not output.exists()
    run(tables[:1], output / "one")
    text = run(tables, output, "--report")
    assert "Methods over 1 data set\n" in text
    assert "- no finished runs yet: two" in text
    # Nor are the tables needed.
    shutil.rmtree(tmp_path / "tables")
    assert run(tables, output, "--report") == text


def test_a_data_set_alone_is_as_it_was(tables, output):
    text = run(tables[:1], output)
    assert set(lines_of(output)) == {"vanilla", "bmc"}
    assert (output / "report.md").read_text() == text
    assert not (output / "summary.md").exists()


def test_another_process_has_its_data_set_and_is_helped_at_the_end(
    tables, output, monkeypatch, capsys
):
    order = []
    monkeypatch.setattr(
        runs, "run_method", lambda *a: order.append(a[0].name) or fake_run(*a)
    )
    with held_alone(output / "one" / ".locks" / "data-set", waits=False):
        text = run(tables, output)
    assert order == ["two, price"] * 4 + ["one, price"] * 4
    assert "one: another process is at it; it comes last." in (
        capsys.readouterr().out
    )
    assert "Methods over 2 data sets" in text


def test_two_at_once_run_everything_once(tables, output, monkeypatch):
    made = []
    both = threading.Barrier(2, timeout=20)

    def counted(*arguments):
        if len(made) < 2:
            both.wait()
        made.append((arguments[0].name, arguments[1], arguments[3]))
        return fake_run(*arguments)

    monkeypatch.setattr(runs, "run_method", counted)
    threads = [
        threading.Thread(target=run, args=(tables, output)) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == len(set(made)) == 8
    # The barrier would have broken if both had been at one data set's run.
    assert {name for name, *_ in made[:2]} == {"one, price", "two, price"}
    assert "Methods over 2 data sets" in (output / "summary.md").read_text()


def test_blocks_are_of_those_that_are_named(tables, output, tmp_path):
    text = run(tables, output, "--blocks", "two", "--max-rows=50")
    assert "one, price, 50 of 60 rows]" in text
    assert "two, price, 50 of 60 rows, split by blocks](two_50_rows_blocks" in (
        text
    )
    assert FolderStore(output / "one_50_rows").comparison().methods
    run(tables[:1], tmp_path / "single", "--split=blocks")
    one = FolderStore(tmp_path / "single").comparison()
    assert one.dataset == "one, price, split by blocks"


def test_a_table_in_three_files_keeps_its_rows_and_split(
    tables, output, capsys
):
    (folder,) = {Path(table).parent for table in tables}
    for split in ("train", "val", "test"):
        write_prices(folder / f"parts_{split}.csv")
    text = run([str(folder)], output, "--max-rows=50", "--split=blocks")
    assert "two, price, 50 of 60 rows, split by blocks](two_50_rows_blocks" in (
        text
    )
    assert "[parts, price](parts/report.md)" in text
    flags = [str(folder), *METHODS, f"--output={output}", "--blocks", "parts"]
    assert "in one file" in usage_error(capsys, flags)


@pytest.mark.parametrize(
    "flag", ["--max-rows=50", "--split=blocks", "--split-seed=3"]
)
def test_flags_of_a_split_are_refused_where_all_come_split(
    tables, output, tmp_path, capsys, flag
):
    given = [in_three_files(tmp_path, name)[0] for name in ("three", "four")]
    flags = [*METHODS, f"--output={output}", flag]
    message = (
        rf"`{flag.split('=')[0]}` is for none of \S*three_train.csv, "
        r"\S*four_train.csv; a table in three files comes split\. Received: "
    )
    assert re.search(message, usage_error(capsys, [*given, *flags]))
    # There is one that it is for.
    run([*given, tables[0]], output, flag, "--report")


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (
            ["A", "SAME"],
            r"`dataset` must differ in .*: \S*tables/one.csv and \S*other/"
            "one.csv, which would share the folder 'one'",
        ),
        (["A", "A"], r"`dataset` must .*: (\S*one.csv) and \1, which would"),
        (["A", "diamond"], "`dataset` must be one of diamonds"),
        (["EMPTY"], "`dataset` must be a folder with CSV files"),
        (["A", "none.csv"], "no file none.csv"),
        (["A", "B", "--glove=x"], "`--glove` is for none of "),
        (["A", "B", "--target=no"], "`target` must be one of 'price'"),
        (["A", "B", "--blocks", "three"], "`--blocks` must name .* one, two"),
        (["A", "--blocks", "two"], "`--blocks` must name CSV .* are one. Rec"),
        (["diamonds", "--blocks", "diamonds"], "which are none. Received"),
        (["A", "B", "--split=blocks", "--blocks", "one"], "give one of the"),
        (["A", "B", "--max-rows=0"], "--max-rows: must be a whole number"),
        (["A", "B", "--max-rows=10", "--blocks", "one"], "at least 20 rows"),
        (["diamonds", "--split=blocks"], "`--split` is not for diamonds"),
        (["A", "B", "--report", "--output=A"], "must be a folder, not a file"),
        (["A", "B", "--output=A"], "must be a folder, not a file"),
    ],
)
def test_wrong_flags_are_refused(
    tables, output, tmp_path, capsys, flags, message
):
    for name in ("empty", "other"):
        (tmp_path / name).mkdir()
    words = {"A": tables[0], "B": tables[1], "EMPTY": str(tmp_path / "empty")}
    words["SAME"] = write_prices(tmp_path / "other" / "one.csv")
    flags = [words.get(flag, flag) for flag in flags]
    flags = [flag.replace("=A", f"={tables[0]}") for flag in flags]
    # Before those of the data sets, so that theirs count.
    printed = usage_error(capsys, [f"--output={output}", *flags])
    assert re.search(message, printed)
    assert not output.exists()


def test_flags_go_to_the_data_sets_that_take_them(tables, tmp_path, capsys):
    # Not to the diamonds, which have no column to choose.
    flags = [tables[0], "diamonds", "--target=size", "--report"]
    text = main([*flags, f"--output={tmp_path / 'out'}"])
    assert "no finished runs" in text
