"""What corrections of a trained routing are worth, over data sets."""

import numpy as np
import pytest

from apps.compare.corrections import TRAINED
from apps.compare.corrections import _routed
from apps.compare.corrections import _table
from apps.compare.corrections import main
from apps.compare.fitted_runs import read
from keras_groupdir.experiments import fit_method
from keras_groupdir.layers import routing_weights
from tests.apps.compare.made_up import write_prices
from tests.experiments.problem import make_problem

pytestmark = pytest.mark.one_backend


def made(dataset, seed, **errors):
    rows = {
        kind.replace("_", " "): {
            "mae": {"all": e, "many": e, "median": None, "few": e / 2}
        }
        for kind, e in errors.items()
    }
    return {
        "dataset": dataset,
        "method": "groupdir",
        "seed": seed,
        "rows": rows,
    }


def cells(text, kind):
    table = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    (row,) = [one for one in table if one[1] == kind]
    return dict(zip(table[0], row, strict=True))


def test_the_table_has_changes_of_means_over_seeds():
    lines = [
        made("x", 0, as_trained=1.0, EM=1.0),
        made("x", 1, as_trained=3.0, EM=1.0),
        # Half the error there, and twice the error here.
        made("y", 0, as_trained=1.0, EM=2.0),
    ]
    row = cells(_table(lines), "EM")
    assert row["all (%)"].startswith("+0.0 [")
    assert row["median (%)"] == "-"
    assert row["few: better / worse"] == "1 / 1"
    assert cells(_table(lines), TRAINED)["all (%)"] == "-"


def test_temperature_sharpens_what_the_routing_weighs():
    problem = make_problem()
    model = fit_method(problem, "groupdir", seed=0, splits=()).model
    x, _ = problem.held_out("val")
    trained = model.predict(x, verbose=0).reshape(-1)
    outputs = model.predict_outputs(x, verbose=0)
    np.testing.assert_allclose(
        _routed(model, outputs, None, 1.0), trained, 1e-4
    )
    shares = np.asarray(routing_weights(outputs["group_logits"]))
    first = shares.argmax(axis=1)[:, None]
    best = np.take_along_axis(outputs["expert_values"], first, axis=1)
    cold = _routed(model, outputs, None, 0.005)
    near = np.isclose(cold, best.reshape(-1), rtol=1e-2)
    # But where two weigh about the same.
    assert near.mean() > 0.9
    assert not np.allclose(cold, trained, rtol=1e-4)


def test_it_trains_corrects_and_goes_on_where_it_was(tmp_path, capsys):
    table = write_prices(tmp_path / "prices.csv")
    flags = [str(table), "--epochs=2", f"--output={tmp_path}", "--seeds=0"]
    flags += ["--methods", "groupdir"]
    text = main(flags)
    assert capsys.readouterr().out.count(": done") == 1
    (line,) = read(tmp_path / "corrections.jsonl")
    assert list(line["rows"]) == [
        TRAINED,
        "tau by validation",
        "EM, inputs alone",
        "tau 0.5",
        "tau 1",
        "temperature by validation",
        "tau and temperature by validation",
    ]
    rows = {kind: row["mae"]["all"] for kind, row in line["rows"].items()}
    assert all(0 < error < np.inf for error in rows.values())
    assert rows["tau 1"] != rows[TRAINED]
    if line["tau"] == 0:
        assert rows["tau by validation"] == rows[TRAINED]
    assert main(flags) == text
    assert ": done" not in capsys.readouterr().out
