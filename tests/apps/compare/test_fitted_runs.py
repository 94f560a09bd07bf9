"""Runs on one folder are made once and count once, whoever asks for them."""

import contextlib
import json
import re
import threading
from types import SimpleNamespace

import pytest

from apps.common.results import read_json_lines
from apps.compare import fitted_runs
from apps.compare.fitted_runs import run_fitted
from tests.apps.compare.made_up import write_prices

pytestmark = pytest.mark.one_backend

METHODS = ("vanilla", "bmc")
FITTED = SimpleNamespace(line={"diverged": False}, model=None)


@pytest.fixture
def run(tmp_path):
    table = write_prices(tmp_path / "prices.csv")
    flags = [table, "--seeds", "0", "1", f"--output={tmp_path / 'out'}"]

    def numbers(lines):
        return json.dumps([[one["method"], one["seed"]] for one in lines])

    return lambda: json.loads(
        run_fitted("made_up", METHODS, lambda *_: {}, numbers, flags)
    )


def test_two_at_once_run_everything_once(run, tmp_path, monkeypatch):
    made = []
    # Without a lock, both are at the first run.
    both = threading.Barrier(2)

    def fit(problem, method, seed, **options):
        made.append((method, seed))
        if len(made) <= 2:
            with contextlib.suppress(threading.BrokenBarrierError):
                both.wait(timeout=2)
        return FITTED

    monkeypatch.setattr(fitted_runs, "fit_method", fit)
    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    asked = [(method, seed) for method in METHODS for seed in (0, 1)]
    assert sorted(made) == sorted(asked)
    lines = read_json_lines(tmp_path / "out" / "made_up.jsonl")
    assert len(lines) == 4


def test_runs_that_are_there_twice_count_once(run, tmp_path, monkeypatch):
    monkeypatch.setattr(fitted_runs, "fit_method", lambda *_, **__: FITTED)
    expected = run()
    assert expected == [[name, seed] for name in METHODS for seed in (0, 1)]
    file = tmp_path / "out" / "made_up.jsonl"
    file.write_text(2 * file.read_text(encoding="utf-8"), encoding="utf-8")
    assert run() == expected


def test_a_file_is_no_output(tmp_path, capsys):
    table = write_prices(tmp_path / "prices.csv")
    with pytest.raises(SystemExit, match="2"):
        run_fitted("made_up", METHODS, dict, str, [table, f"--output={table}"])
    assert "`output` must be a folder, not a file" in capsys.readouterr().err


def test_what_comes_split_has_no_other_splits(tmp_path, capsys):
    for split in ("train", "val", "test"):
        write_prices(tmp_path / f"t_{split}.csv")
    flags = [str(tmp_path / "t"), f"--output={tmp_path / 'out'}", "--splits=2"]
    with pytest.raises(SystemExit, match="2"):
        run_fitted("made_up", METHODS, dict, str, flags)
    printed = " ".join(capsys.readouterr().err.split())
    assert re.search(
        r"`--splits` must be 1 .* \S*t_train.csv. Received: 2", printed
    )
    assert not (tmp_path / "out").exists()
