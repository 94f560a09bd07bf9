import json

import keras
import numpy as np
import pytest
from keras import ops

from apps.benchmarks.cases import loss_cases
from apps.benchmarks.encoder_case import measure as measure_encoder
from apps.benchmarks.forms import FORMS
from apps.benchmarks.memory import peak_memory
from apps.benchmarks.run import main
from apps.benchmarks.run import read_csv
from apps.common.results import append_csv_row
from tests.losses.test_ordinal_group_contrastive import reference

pytestmark = pytest.mark.one_backend


@pytest.mark.parametrize("name", [name for name in FORMS if name != "plain"])
def test_every_form_computes_the_same_loss(name):
    rng = np.random.default_rng(0)
    groups = rng.integers(0, 20, 9).astype("int32")
    rows = rng.normal(size=(9, 4)).astype("float32")
    expected = reference(groups, rows, 0.2, "cosine").mean()
    groups, rows = ops.convert_to_tensor(groups), ops.convert_to_tensor(rows)
    assert float(FORMS[name](groups, rows)) == pytest.approx(expected, rel=1e-5)


def test_memory_that_a_call_uses_is_seen():
    megabytes = peak_memory(lambda: np.ones(10**7))
    assert megabytes is None or megabytes == pytest.approx(80, abs=8)


def test_cases_stop_at_the_largest_batch():
    cases = loss_cases(("jax",), largest=512)
    assert {batch for _, _, batch, _ in cases} == {128, 512}
    assert {form for _, form, _, _ in cases} == set(FORMS) - {"unsized"}


def test_only_tensorflow_may_not_know_the_size_of_a_batch():
    cases = loss_cases(("tensorflow", "torch"), largest=128)
    assert {b for b, form, _, _ in cases if form == "unsized"} == {"tensorflow"}


@pytest.mark.slow
def test_a_run_is_written_drawn_and_not_repeated(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(
        "apps.benchmarks.cases.LOSS_SIZES", {"kept": (8, 16), "tiled": (8,)}
    )
    monkeypatch.setattr("apps.benchmarks.cases.WIDTHS", (128,))
    backend = keras.config.backend()
    flags = ["--output", str(tmp_path), "--backends", backend]
    rows = main([*flags, "--skip-encoder", "--largest", "8"])
    assert [(r["form"], r["batch"], r["features"]) for r in rows] == [
        ("kept", "8", "128"),
        ("tiled", "8", "128"),
    ]
    assert all(float(row["ratio"]) > 0 for row in rows)
    assert (tmp_path / "loss.png").read_bytes().startswith(b"\x89PNG")
    assert json.loads((tmp_path / "machine.json").read_text())["cores"] >= 1
    before = (tmp_path / "loss.csv").read_text()
    capsys.readouterr()
    main([*flags, "--skip-encoder", "--largest", "8"])
    assert (tmp_path / "loss.csv").read_text() == before
    printed = capsys.readouterr().out
    assert "loss_case:" not in printed
    assert f"| {backend} | 8 | 128 |" in printed


def test_an_unknown_backend_is_named(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["--output", str(tmp_path), "--backends", "abacus"])
    assert "Received: abacus" in capsys.readouterr().err


@pytest.mark.slow
def test_the_encoder_is_the_masked_one(monkeypatch):
    monkeypatch.setattr("apps.benchmarks.encoder_case.TURNS", 1)
    row = measure_encoder(pairs=256, units=4)
    assert row["largest_difference"] < 1e-5


def test_figures_of_two_machines_are_not_mixed(tmp_path, capsys):
    (tmp_path / "machine.json").write_text('{"processor": "abacus"}')
    with pytest.raises(SystemExit, match="2"):
        main(["--output", str(tmp_path), "--skip-encoder"])
    assert "written on another machine" in capsys.readouterr().err


def test_rows_of_a_csv_file_are_read_back(tmp_path):
    append_csv_row(tmp_path / "a.csv", {"x": 1, "note": 'a, "b"'})
    append_csv_row(tmp_path / "a.csv", {"x": 2, "note": ""})
    assert read_csv(tmp_path / "a.csv") == [
        {"x": "1", "note": 'a, "b"'},
        {"x": "2", "note": ""},
    ]
