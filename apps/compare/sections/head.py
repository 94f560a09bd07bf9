"""What was compared, and how."""

from typing import Any

from keras_groupdir.experiments import Budget
from keras_groupdir.experiments import Comparison
from keras_groupdir.reports import SHORT
from keras_groupdir.reports import SUBSETS
from keras_groupdir.reports import plain


def head(comparison: Comparison) -> str:
    """Data, budget and protocol."""
    lines = comparison.lines
    unit = f" ({plain(comparison.unit)})" if comparison.unit else ""
    backends = sorted({f"{x['keras']} on {x['backend']}" for x in lines})
    items = [
        *_samples(comparison),
        f"error: {SHORT[comparison.metric]}{unit}, less is better",
        f"Keras {plain(', '.join(backends))}",
        f"budget of every method: {plain(_budget(comparison))}",
        f"seeds: {' '.join(map(str, sorted({x['seed'] for x in lines})))}",
        f"settings tried for a method: {_tries(comparison)}",
    ]
    return "\n".join(
        [
            f"# Methods on {plain(comparison.dataset)}",
            "",
            *(f"- {item}" for item in items),
            "",
            f"{_chosen(comparison)} {_looks(comparison)}",
        ]
    )


def _samples(comparison: Comparison) -> list[str]:
    finite = [line for line in comparison.lines if not line["diverged"]]
    if not finite:
        return []
    items = []
    for split, name in (("val", "validation"), ("test", "test")):
        counts = finite[0][split]["counts"]
        shots = ", ".join(f"{counts[key]} {key}" for key in SUBSETS[1:])
        items.append(f"{name} samples: {counts['all']} ({shots})")
    return items


def _budget(comparison: Comparison) -> str:
    """What was not searched; the learning rate is the default."""
    budget = {
        key: value
        for method in comparison.methods
        for line in (*method.runs.values(), *method.tries)
        for key, value in line["training"].items()
        if key not in Budget.names_set_by(line["settings"])
        and value is not None
    }
    if "steps" in budget:
        # Epochs are then as many as that takes.
        budget.pop("epochs", None)
        budget["patience"] = f"{budget['patience']} steps"
    return ", ".join(
        f"{key.replace('_', ' ')} {_short(budget[key])}"
        for key in comparison.lines[0]["training"]
        if key in budget
    )


def _short(value: Any) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _tries(comparison: Comparison) -> str:
    counts = sorted({len(one.tried) for one in comparison.methods})
    if counts == [1]:
        if any(one.settings for one in comparison.methods):
            return "1, see the settings below"
        return "1, the defaults"
    text = " to ".join(map(str, dict.fromkeys((counts[0], counts[-1]))))
    if all({} in one.tried for one in comparison.methods):
        text += ", the defaults among them"
    if any(len(one.tries) > 1 for one in comparison.methods):
        text += (
            ". Candidates of each method are in "
            "keras_groupdir/experiments/tries.py"
        )
    return text


def _chosen(comparison: Comparison) -> str:
    if any(one.others for one in comparison.methods):
        how = "the settings, by the seeds that all of a method ran with, and "
    elif any(len(one.tries) > 1 for one in comparison.methods):
        how = "the settings, by one seed, and "
    else:
        how = ""
    return f"The validation set chose {how}the epoch of each run."


def _looks(comparison: Comparison) -> str:
    """How often the test set was looked at."""
    several = [
        plain(one.title)
        for one in comparison.methods
        if any("test" in line for line in one.others)
    ]
    if several:
        return (
            "The test set was looked at with more than one setting of "
            f"{', '.join(several)}: the runs that are shown are those with "
            "the settings that are best on validation."
        )
    return "The test set was looked at once, by the runs with these settings."
