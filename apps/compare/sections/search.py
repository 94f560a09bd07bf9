"""Which settings were tried, and which were chosen."""

from apps.compare.comparison import Comparison
from apps.compare.comparison import Line
from apps.compare.comparison import Method
from apps.compare.sections.cells import SHORT
from apps.compare.sections.cells import digits_of
from apps.compare.sections.cells import settings_cell
from apps.compare.sections.cells import table


def search(comparison: Comparison) -> str:
    """A row for each try, by its error on the validation set."""
    digits = digits_of(comparison)
    error = f"validation {SHORT[comparison.metric]}"
    rows = [["method", "settings", error, "epoch kept", "chosen"]]
    for method in comparison.methods:
        for line in method.tries or _first(method):
            chosen = line["settings"] == method.settings
            value = line["best_error"]
            missing = "failed" if "error" in line else "diverged"
            rows.append(
                [
                    method.title,
                    settings_cell(line["settings"]),
                    missing if value is None else f"{value:.{digits}f}",
                    "-" if value is None else str(line["best_epoch"]),
                    "yes" if chosen else "",
                ]
            )
    return (
        f"## Settings\n\n{table(rows)}\n\n"
        "Of one seed each. A method with one row was not searched."
    )


def _first(method: Method) -> list[Line]:
    return list(method.runs.values())[:1]
