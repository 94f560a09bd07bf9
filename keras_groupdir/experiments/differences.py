"""What lines of results should have in common, and have not."""

from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

from keras_groupdir.experiments.budget import Budget


def differences(lines: Iterable[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Values of data set and budget that lines differ in.

    What a line's settings say of the training is not of the budget: that is
    searched for each method.

    Args:
        lines: Of results. Those of 0.1 have no version.

    Returns:
        Different values in the order of the lines, by name.

    Examples:

    >>> common = {"dataset": "A", "data": "3f", "settings": {}}
    >>> one = {**common, "training": {"epochs": 8, "patience": 4}}
    >>> other = {**common, "training": {"epochs": 1, "patience": 4}}
    >>> differences([one, other, one])
    {'epochs': [8, 1]}
    """
    found: dict[str, list[Any]] = {}
    for line in lines:
        for name, value in _identity(line).items():
            values = found.setdefault(name, [])
            if value not in values:
                values.append(value)
    found = {name: values for name, values in found.items() if len(values) > 1}
    if "digest of the data" in found:
        # Other labels have other bins.
        found.pop("digest of the task", None)
    return found


def _identity(line: Mapping[str, Any]) -> dict[str, Any]:
    searched = Budget.names_set_by(line["settings"])
    budget = {
        key.replace("_", " "): value
        for key, value in line["training"].items()
        if key not in searched
    }
    noted = {"shots": "thresholds", "digest of the task": "task"}
    return {
        "data set": line["dataset"],
        "digest of the data": line["data"],
        "keras_groupdir": line.get("library"),
        # Lines from before they were noted go with any.
        **{name: line[key] for name, key in noted.items() if key in line},
        **budget,
    }
