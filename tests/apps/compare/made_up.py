"""Lines of results with known numbers, and a table to compare methods on."""

import numpy as np

from apps.common.results import append_json_line
from keras_groupdir import __version__

COUNTS = {"all": 1000, "many": 756, "median": 170, "few": 74}
TRAINING = {"epochs": 8, "patience": 4, "learning_rate": 0.003}


def row(error, few=None):
    """A row of a shot table whose overall MSE is `error`."""
    mse = {"all": error, "many": error - 0.1, "median": error + 0.2}
    mse["few"] = error + 0.5 if few is None else few
    return {
        "mae": {subset: value**0.5 for subset, value in mse.items()},
        "mse": mse,
        "geometric_mean": {subset: value / 2 for subset, value in mse.items()},
        "pearson": {subset: 1 - value / 4 for subset, value in mse.items()},
    }


def line(method, seed, error, *, few=None, kind="run", **changes):
    """A line of a run, of a group model if `rows` has its routings."""
    rows = changes.pop("rows", {"model": row(error or 1.0, few)})
    extras = changes.pop("extras", {})
    table = {"counts": COUNTS, "rows": rows, **extras}
    settings = changes.get("settings", {})
    made = {
        "kind": kind,
        "dataset": "STS-B-DIR",
        "data": "0123456789abcdef",
        "method": method,
        "title": method.upper(),
        "metric": "mse",
        "unit": "points",
        "printed": "STS-B-DIR",
        "seed": seed,
        "settings": settings,
        "training": {
            key: settings.get(key, value) for key, value in TRAINING.items()
        },
        "backend": "tensorflow",
        "keras": "3.15.1",
        "library": __version__,
        "seconds": 10.0 + seed,
        "diverged": error is None,
        "best_epoch": None if error is None else 3,
        "best_error": error,
        "routing": "model",
    }
    if error is not None:
        splits = ("val",) if kind == "try" else ("val", "test")
        made |= dict.fromkeys(splits, table)
    return made | changes


def group_line(method, seed, error, *, oracle=0.2, accuracy=0.3, **changes):
    """A line of a group model with mixture routing."""
    rows = {
        "hard": row(error + 0.3),
        "soft": row(error + 0.1),
        "mixture": row(error),
        "oracle": row(oracle, few=oracle),
    }
    extras = {"group_accuracy": accuracy, "mean_group_distance": 1.5}
    return line(
        method,
        seed,
        error,
        rows=rows,
        extras=extras,
        **({"routing": "mixture"} | changes),
    )


def write(folder, lines):
    """Writes lines as the comparison does."""
    for one in lines:
        append_json_line(folder / f"{one['method']}.jsonl", one)


def write_prices(path, count=60, scale=1):
    """A table whose price follows from its size; common sizes are small."""
    rng = np.random.default_rng(0)
    size = rng.exponential(20, count).round(2)
    rows = [f"{scale * (2 * s + 0.5):.2f},{s},{'ab'[int(s) % 2]}" for s in size]
    text = "\n".join(["price,size,kind", *rows]) + "\n"
    path.write_text(text, encoding="utf-8")
    return str(path)
