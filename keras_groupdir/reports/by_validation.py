"""What one would have chosen without looking at the test set."""

from collections.abc import Iterable

from keras_groupdir.experiments import Comparison
from keras_groupdir.experiments import Method
from keras_groupdir.experiments import change
from keras_groupdir.reports.cells import SHORT
from keras_groupdir.reports.cells import change_cell
from keras_groupdir.reports.cells import digits_of
from keras_groupdir.reports.cells import number_cell
from keras_groupdir.reports.cells import plain
from keras_groupdir.reports.recipe_cell import recipe_cell

GROUP_DIR = "groupdir"


def by_validation(comparison: Comparison) -> str:
    """Says which method validation would choose; empty without a choice."""
    finite = comparison.ranked
    if len(finite) < 2:
        return ""
    best = _best(finite)
    text = (
        "Rows stand by their test errors: that is no way to choose one. By the "
        "mean validation error of its runs one would choose "
        f"{_described(comparison, best)}."
    )
    groups = [one for one in finite if one.name.startswith(GROUP_DIR)]
    if not groups:
        return text
    own = _best(groups)
    if own is best:
        return f"{text} It is of the recipes `{GROUP_DIR}*`."
    return (
        f"{text} Of the recipes `{GROUP_DIR}*` one would choose "
        f"{_described(comparison, own)}."
    )


def _best(methods: Iterable[Method]) -> Method:
    # All of them have finite runs.
    return min(methods, key=lambda one: one.validation_error or 0.0)


def _described(comparison: Comparison, method: Method) -> str:
    metric, vanilla = comparison.metric, comparison.vanilla
    finite = comparison.ranked
    # Ranked methods have finite runs.
    error = number_cell(method.validation_error or 0.0, digits_of(comparison))
    text = (
        f"**{plain(method.title)}** ({recipe_cell(method)}, {error}), "
        f"rank {finite.index(method) + 1} of {len(finite)} on the test set"
    )
    if vanilla is None or vanilla is method:
        return text
    difference = change(
        method.errors(metric, "all"), vanilla.errors(metric, "all")
    )
    if difference is None:
        return text
    return (
        f"{text}, where its {SHORT[metric]} differs from that of vanilla by "
        f"{change_cell(difference)} %"
    )
