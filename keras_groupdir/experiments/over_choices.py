"""What it is worth to choose another method for each data set."""

from keras_groupdir.experiments.over_sets import OverSets
from keras_groupdir.experiments.over_sets import over_sets
from keras_groupdir.experiments.statistics import Change
from keras_groupdir.experiments.summary import SetSummary
from keras_groupdir.experiments.summary import Summary


def over_choices(summary: Summary, by_test: bool = False) -> OverSets | None:
    """Change from the method that all are compared with, over data sets.

    Of the method with the least validation error on each data set, of all but
    references. By the test error itself it is a bound: that much is there for
    whoever would always choose right, and more than that for nobody who chooses
    among these.

    Args:
        summary: From `summarize`.
        by_test: Whether it is the least test error that is chosen. Defaults to
            `False`.

    Returns:
        `None` if there is nothing to compare with.
    """
    changes = []
    for dataset in summary.datasets:
        errors = _errors(summary, dataset)
        base, chosen = errors.get(summary.against), dataset.chosen.get("any")
        if base and chosen in errors:
            error = min(errors.values()) if by_test else errors[chosen]
            changes.append(Change(100 * (error / base - 1), None, None))
    return over_sets(changes)


def _errors(summary: Summary, dataset: SetSummary) -> dict[str, float]:
    """Test errors on a data set, of the methods that came to an end there."""
    found = {
        one.name: one.results[dataset.name].error
        for one in summary.methods
        if not one.is_reference and dataset.name in one.results
    }
    return {name: error for name, error in found.items() if error is not None}
