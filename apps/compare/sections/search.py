"""Which settings were tried, and which were chosen."""

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
    """A row for each try, by its error on the validation set."""
    digits = digits_of(comparison)
    error = f"validation {SHORT[comparison.metric]}"
    rows = [["method", "settings", error, "epoch kept", "chosen"]]
    for method in comparison.methods:
        for line in method.tries or _first(method):
            chosen = line["settings"] == method.settings
            is_lost = line["diverged"]
            value = None if is_lost else validation_error(line)
            missing = "failed" if "error" in line else "diverged"
            rows.append(
                [
                    plain(method.title),
                    settings_cell(line["settings"]),
                    missing if value is None else number_cell(value, digits),
                    "-" if value is None else str(line["best_epoch"]),
                    "yes" if chosen else "",
                ]
            )
    return (
        f"## Settings\n\n{markdown_table(rows)}\n\n"
        "Of one seed each. A method with one row was not searched."
    )


def _first(method: Method) -> list[Line]:
    return list(method.runs.values())[:1]
