"""Which settings were tried, and which were chosen."""

import statistics
from typing import Any

from keras_groupdir.experiments import Comparison
from keras_groupdir.experiments import Line
from keras_groupdir.experiments import Method
from keras_groupdir.experiments import validation_error
from keras_groupdir.reports import SHORT
from keras_groupdir.reports import digits_of
from keras_groupdir.reports import markdown_table
from keras_groupdir.reports import number_cell
from keras_groupdir.reports import plain
from keras_groupdir.reports import settings_cell


def search(comparison: Comparison) -> str:
    """A row for each setting, by its error on the validation set."""
    digits = digits_of(comparison)
    error = f"validation {SHORT[comparison.metric]}"
    rows = [["method", "settings", error, "epoch kept", "chosen"]]
    for method in comparison.methods:
        for settings in method.tried:
            value, epochs = _found(_lines(method, settings), digits)
            chosen = "yes" if settings == method.settings else ""
            cells = [plain(method.title), settings_cell(settings), value]
            rows.append([*cells, epochs, chosen])
    several = any(one.others for one in comparison.methods)
    of_runs = ", or of the seeds that all settings of a method ran with"
    return (
        f"## Settings\n\n{markdown_table(rows)}\n\n"
        f"Of one seed each{of_runs if several else ''}. A method with one row "
        "was not searched."
    )


def _lines(method: Method, settings: dict[str, Any]) -> list[Line]:
    """The try of some settings, or the runs by which they were judged."""
    for line in method.tries:
        if line["settings"] == settings:
            return [line]
    runs = [*method.runs.values(), *method.others]
    own = [line for line in runs if line["settings"] == settings]
    if not method.others:
        return own[:1]
    seeds = [
        {line["seed"] for line in runs if line["settings"] == one}
        for one in method.tried
        if any(line["settings"] == one for line in runs)
    ]
    shared = set.intersection(*seeds)
    return [line for line in own if line["seed"] in shared] or own[:1]


def _found(lines: list[Line], digits: int) -> tuple[str, str]:
    """Cells of the error and of the epochs kept."""
    for line in lines:
        if line["diverged"]:
            return "failed" if "error" in line else "diverged", "-"
    epochs = sorted({line["best_epoch"] for line in lines})
    ends = dict.fromkeys((epochs[0], epochs[-1]))
    value = statistics.fmean(map(validation_error, lines))
    return number_cell(value, digits), " to ".join(map(str, ends))
