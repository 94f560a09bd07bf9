"""What validation made of the routing, where a table names it."""

from keras_groupdir.experiments import Comparison
from keras_groupdir.experiments import Method
from keras_groupdir.models.group_rows import BALANCED
from keras_groupdir.reports.cells import plain


def corrections_note(comparison: Comparison) -> str:
    """Explains balanced routing, and names methods that were to have it.

    Empty if no method fits group weights.

    Args:
        comparison: From `experiments.compare`.
    """
    found = []
    if any(BALANCED in method.routing for method in comparison.methods):
        found.append(
            f"Routing {BALANCED}: the mixture with a weight for each group. "
            "The weights were fitted to the validation set, on which the error "
            "is too small for that."
        )
    for method in comparison.methods:
        if without := _without(method):
            reasons = " / ".join(dict.fromkeys(without.values()))
            found.append(
                f"{plain(method.title)} is without group weights"
                f"{_seeds(method, without)}: {reasons}."
            )
    return " ".join(found)


def _without(method: Method) -> dict[int, str]:
    """Why there are none, by seed."""
    found = {}
    for seed, line in method.finite.items():
        correction = line.get("correction", {})
        weights = correction.get("group_weights")
        if weights is not None and len(set(weights)) == 1:
            reason = correction.get("not_fitted", "validation asks for none")
            found[seed] = plain(reason)
    return found


def _seeds(method: Method, without: dict[int, str]) -> str:
    if without.keys() == method.finite.keys():
        return ""
    return f" by seed {' '.join(map(str, without))}"
