"""The same number of tries for each method, judged on validation alone.

    python -m apps.sts_b_dir.sweep --method vanilla --data-dir DIR \
        --glove FILE --output benchmarks/sts_b_dir/sweep-vanilla.jsonl

Runs every try of `TRIES` that the output does not hold yet, one line of JSON
each, and prints them from best to worst. The presets in settings.py are the
best of each.
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from apps.common.results import append_json_line
from apps.common.results import check_writable
from apps.sts_b_dir.settings import Settings
from apps.sts_b_dir.settings import as_flags
from apps.sts_b_dir.settings import parse
from apps.sts_b_dir.train import evaluate
from apps.sts_b_dir.train import fit
from apps.sts_b_dir.train import load_data

COSINE: dict[str, Any] = {"learning_rate": 3e-3, "schedule": "cosine"}
FINE_GROUPS: dict[str, Any] = {**COSINE, "num_groups": 20, "beta": 0.5}
# Changes to the defaults of `Settings`, the same number for each method. The
# last five came later: wider, dropout where it leaves `|u - v|` whole, and the
# mixture itself trained.
TRIES: dict[str, list[dict[str, Any]]] = {
    "vanilla": [
        {},
        {"learning_rate": 2e-3},
        {"learning_rate": 3e-3},
        {"dropout": 0.1},
        {"learning_rate": 2e-3, "weight_decay": 0.3},
        {"learning_rate": 2e-3, "batch_size": 64},
        {"learning_rate": 2e-3, "batch_size": 256},
        {"learning_rate": 3e-3, "schedule": "cosine", "epochs": 5},
        {"learning_rate": 3e-3, "schedule": "cosine", "epochs": 10},
        {"learning_rate": 4e-3, "schedule": "cosine", "epochs": 4},
        {**COSINE, "epochs": 8, "pair_dropout": 0.5},
        {**COSINE, "epochs": 8, "pair_dropout": 0.3, "units": 256},
        {**COSINE, "epochs": 8, "pair_dropout": 0.5, "units": 256},
        {**COSINE, "epochs": 12, "pair_dropout": 0.5, "units": 256},
        {**COSINE, "epochs": 16, "pair_dropout": 0.5, "units": 256},
    ],
    "groupdir": [
        {},
        {"learning_rate": 2e-3},
        {"learning_rate": 2e-3, "contrastive_weight": 3.0},
        {"learning_rate": 2e-3, "num_groups": 20},
        {"learning_rate": 2e-3, "num_groups": 20, "beta": 0.5},
        {"learning_rate": 2e-3, "weight_decay": 0.3},
        {"learning_rate": 3e-3, "schedule": "cosine", "epochs": 10},
        {"learning_rate": 3e-3, "schedule": "cosine", "epochs": 16},
        {
            "learning_rate": 3e-3,
            "schedule": "cosine",
            "epochs": 12,
            "num_groups": 20,
        },
        {
            "learning_rate": 3e-3,
            "schedule": "cosine",
            "epochs": 12,
            "num_groups": 20,
            "beta": 0.5,
        },
        {**FINE_GROUPS, "epochs": 12, "prediction_weight": 10.0},
        {**FINE_GROUPS, "epochs": 12, "pair_dropout": 0.3},
        {**FINE_GROUPS, "epochs": 12, "units": 256},
        {
            **FINE_GROUPS,
            "epochs": 12,
            "units": 256,
            "prediction_weight": 10.0,
        },
        {
            **FINE_GROUPS,
            "epochs": 8,
            "units": 256,
            "prediction_weight": 10.0,
            "pair_dropout": 0.5,
        },
    ],
}


def main(argv: list[str] | None = None) -> list[dict[str, Any]]:
    """Runs what is missing of a sweep; returns all its lines, best first."""
    # From the bare defaults: the presets are what a sweep is to find.
    base = parse(argv, with_preset=False)
    output = check_writable("output", base.output)
    for change in TRIES[base.method]:
        settings = replace(base, **change)
        flags = as_flags(settings)
        if any(_is_of(line, flags) for line in _read(output)):
            continue
        data = load_data(settings)
        model, result = fit(settings, data, verbose=2)
        result["dev"] = evaluate(model, data, "dev").as_dict()
        append_json_line(output, {"try": change, **result})
    lines = sorted(_read(output), key=lambda line: line["best_error"])
    for line in lines:
        print(
            f"dev MSE {line['best_error']:.3f} at epoch {line['best_epoch']}, "
            f"{line['seconds']:.0f} s: {line['try']}"
        )
    return lines


def _is_of(line: dict[str, Any], flags: dict[str, Any]) -> bool:
    """Whether a line was made with these settings.

    A line from before a setting existed was made with its default.
    """
    return {**as_flags(Settings()), **line["settings"]} == flags


def _read(path: Path) -> list[dict[str, Any]]:
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


if __name__ == "__main__":
    main()
