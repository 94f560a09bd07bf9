"""Accuracy and errors by the number of groups, as a table."""

from collections import defaultdict

from apps.common.tables import mean_and_spread
from keras_groupdir.experiments import Line
from keras_groupdir.reports import SHORT
from keras_groupdir.reports import SUBSETS
from keras_groupdir.reports import digits_for
from keras_groupdir.reports import markdown_table
from keras_groupdir.reports import plain

NAMES = {"soft": "soft labels", "ce": "CE", "la": "LA"}


def group_numbers_table(lines: list[Line]) -> str:
    """A row for each kind of targets and number of groups.

    Args:
        lines: Of `python -m apps.compare.group_numbers`, each seed once.
    """
    metric = lines[0]["metric"]
    header = ["targets", "routing", "groups", "seeds", "group accuracy"]
    header += ["group distance"]
    header += [f"{SHORT[metric]} {subset}" for subset in SUBSETS]
    rows = [header]
    by_row: dict[tuple[str, str, int], list[Line]] = defaultdict(list)
    for line in lines:
        settings = line["settings"]
        key = (settings["targets"], settings["routing"], settings["num_groups"])
        by_row[key].append(line)
    for (targets, routing, number), own in by_row.items():
        finite = [line for line in own if not line["diverged"]]
        tests = [line["test"] for line in finite]
        errors = [test["rows"][routing][metric] for test in tests]
        rows.append(
            [
                NAMES[targets],
                plain(routing),
                str(number),
                _seeds(own),
                _cell([test["group_accuracy"] for test in tests], 3),
                _cell([test["mean_group_distance"] for test in tests], 2),
                *(
                    _cell(
                        [error[subset] for error in errors],
                        digits_for([error["all"] for error in errors]),
                    )
                    for subset in SUBSETS
                ),
            ]
        )
    return (
        f"# Number of groups on {plain(lines[0]['dataset'])}\n\n"
        f"{markdown_table(rows)}\n\n"
        "Of the test set; ± is the standard deviation over seeds. With more "
        "groups each is harder to tell: chance is one over their number."
    )


def _cell(values: list[float | None], digits: int) -> str:
    return mean_and_spread(values, digits) if values else "-"


def _seeds(lines: list[Line]) -> str:
    return " ".join(f"{line['seed']}{_ending(line)}" for line in lines)


def _ending(line: Line) -> str:
    if "error" in line:
        return f" (failed: {plain(line['error'])})"
    return " (diverged)" if line["diverged"] else ""
