"""What the same group models predict by other routings."""

from keras_groupdir.experiments import ORACLE
from keras_groupdir.experiments import Comparison
from keras_groupdir.experiments import Method
from keras_groupdir.reports import SHORT
from keras_groupdir.reports import SUBSETS
from keras_groupdir.reports import digits_of
from keras_groupdir.reports import markdown_table
from keras_groupdir.reports import mean_cell
from keras_groupdir.reports import plain
from keras_groupdir.reports import second_metric


def routings(comparison: Comparison) -> str:
    """A row for each routing of each group method; empty if there is none."""
    metric, second = comparison.metric, second_metric(comparison.metric)
    digits = digits_of(comparison)
    header = ["method", "routing"]
    header += [f"{SHORT[metric]} {subset}" for subset in SUBSETS]
    rows = [[*header, f"{SHORT[second]} all", "group accuracy"]]
    for method in comparison.methods:
        if method.routing == "model":
            continue
        found = (x["test"]["group_accuracy"] for x in method.finite.values())
        accuracies = [one for one in found if one is not None]
        for routing in method.routings:
            row = [plain(method.title), _name(method, routing)]
            row += [
                mean_cell(
                    method.errors(metric, subset, routing).values(), digits
                )
                for subset in SUBSETS
            ]
            # Correlations are below 1, whatever the size of the errors.
            places = 3 if second == "pearson" else digits
            values = method.errors(second, "all", routing).values()
            row += [mean_cell(values, places), mean_cell(accuracies, 3)]
            rows.append(row)
    if len(rows) == 1:
        return ""
    return (
        f"## Routings of the group methods\n\n{markdown_table(rows)}\n\n"
        "The epoch that was kept is the best of the method's own routing. "
        "The oracle asks the expert of the true group: what a perfect group "
        "classifier would reach, and no result."
    )


def _name(method: Method, routing: str) -> str:
    if routing == ORACLE:
        return "*oracle: no result*"
    own = {line["routing"] for line in method.finite.values()}
    name = plain(routing)
    if routing not in own:
        return name
    count = sum(line["routing"] == routing for line in method.finite.values())
    of = "" if len(own) == 1 else f" of {count} of {len(method.finite)} seeds"
    return f"**{name}**, its own{of}"
