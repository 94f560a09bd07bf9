"""One method against another, by the seeds that both have.

    python -m apps.compare.pair FOLDER METHOD OTHER_FOLDER OTHER_METHOD

prints the paired change of the test error from the other, per shot, with its
95% interval and p. The folders may be of different settings (`--settings`), but
have to be of the same data. Of folders that hold one folder for each data set,
it is the changes on those that both hold, and their mean over data sets.
"""

import argparse
import statistics
from pathlib import Path

from apps.common.command import run_app
from apps.common.flags import refusing
from apps.compare.folder_store import FolderStore
from keras_groupdir.experiments import Change
from keras_groupdir.experiments import Method
from keras_groupdir.experiments import change
from keras_groupdir.experiments import over_sets
from keras_groupdir.reports import NONE
from keras_groupdir.reports import SUBSETS
from keras_groupdir.reports import change_cell
from keras_groupdir.reports import digits_for
from keras_groupdir.reports import markdown_table
from keras_groupdir.reports import number_cell
from keras_groupdir.reports import over_sets_cell
from keras_groupdir.reports import p_cell
from keras_groupdir.reports import plain


def main(argv: list[str] | None = None) -> str:
    """Prints the table of two methods, and returns it."""
    parser = argparse.ArgumentParser(prog="python -m apps.compare.pair")
    for name in ("folder", "other_folder"):
        parser.add_argument(name, type=Path)
        parser.add_argument(name.replace("folder", "method"))
    arguments = parser.parse_args(argv)
    several = bool(sets_in(arguments.folder))
    with refusing(parser):
        text = (over_folders if several else pair)(
            arguments.folder,
            arguments.method,
            arguments.other_folder,
            arguments.other_method,
        )
    print(text)
    return text


def pair(
    folder: Path, method: str, other_folder: Path, other_method: str
) -> str:
    """Changes of one method's test errors from another's.

    Args:
        folder: Of a comparison.
        method: Name of a recipe in it.
        other_folder: Of a comparison of the same data.
        other_method: Name of a recipe in that.

    Returns:
        Markdown, a row per shot.
    """
    one, metric, data = _read(folder, method)
    other, other_metric, other_data = _read(
        other_folder, other_method, "other_"
    )
    if (metric, data) != (other_metric, other_data):
        raise ValueError(
            "`other_folder` must be of the same data. Received: data "
            f"{other_data} in {metric}, where {folder} has {data} in "
            f"{other_metric}"
        )
    methods = [plain(name) for name in (method, other_method)]
    rows = [[metric.upper(), *methods, "change (%)", "p"]]
    for subset in SUBSETS:
        errors = one.errors(metric, subset)
        others = other.errors(metric, subset)
        rows.append([subset, *_cells(errors, others)])
    return markdown_table(rows)


def sets_in(folder: Path) -> list[str]:
    """Names of the folders inside that hold a comparison.

    None if the folder has lines of its own: what is inside then is beside it.
    """
    if any(folder.glob("*.jsonl")):
        return []
    return sorted({file.parent.name for file in folder.glob("*/*.jsonl")})


def over_folders(
    folder: Path, method: str, other_folder: Path, other_method: str
) -> str:
    """Changes of one method's test errors from another's, by data set.

    Args:
        folder: Holds a folder for each data set.
        method: Name of a recipe in them.
        other_folder: The same.
        other_method: Name of a recipe in those.

    Returns:
        Markdown, a row per data set and one for their mean, by `over_sets`.
    """
    names = _in_both(folder, other_folder)
    shown = ("all", "few")
    rows = [["data set", *(f"change {subset} (%)" for subset in shown)]]
    changes: dict[str, list[Change | None]] = {subset: [] for subset in shown}
    # A method may be missing on a data set, and not on all.
    both = [
        name
        for name in names
        if _has(folder / name, method)
        and _has(other_folder / name, other_method)
    ]
    for name in both or names:
        one, metric, data = _read(folder / name, method)
        other, other_metric, other_data = _read(
            other_folder / name, other_method, "other_"
        )
        if (metric, data) != (other_metric, other_data):
            raise ValueError(
                f"`other_folder` must be of the same data. Received: {name} "
                f"with data {other_data}, where {folder} has {data}"
            )
        for subset in shown:
            changes[subset].append(
                change(one.errors(metric, subset), other.errors(metric, subset))
            )
        row = [_change(changes[one][-1]) for one in shown]
        rows.append([plain(name), *row])
    means = (over_sets_cell(over_sets(changes[subset])) for subset in shown)
    return markdown_table([*rows, ["mean", *means]])


def _in_both(folder: Path, other_folder: Path) -> list[str]:
    """Names of the data sets that both folders hold, at least one."""
    names = [n for n in sets_in(folder) if n in sets_in(other_folder)]
    if not names:
        raise ValueError(
            f"`other_folder` must hold data sets of {folder}, which has "
            f"{', '.join(sets_in(folder))}. Received: {other_folder}, which "
            f"{_kind_of(other_folder)}"
        )
    return names


def _has(folder: Path, name: str) -> bool:
    methods = FolderStore(folder).comparison().methods
    return name in [method.name for method in methods]


def _change(found: Change | None) -> str:
    """As in reports, but without a dash for an interval that there is not."""
    return change_cell(found).removesuffix(f" ± {NONE}")


def _kind_of(folder: Path) -> str:
    """What a folder is, where another kind of folder was asked for."""
    if not folder.exists():
        return "is not there"
    if sets_in(folder):
        return f"holds a folder for each of {', '.join(sets_in(folder))}"
    if FolderStore(folder).comparison().methods:
        return "is that of a single comparison"
    return "has no finished runs"


def _read(
    folder: Path, name: str, which: str = ""
) -> tuple[Method, str, str | None]:
    """A method of a comparison; `which` begins the names of its arguments."""
    comparison = FolderStore(folder).comparison()
    methods = comparison.methods
    if not methods:
        raise ValueError(
            f"`{which}folder` must be that of a single comparison. Received: "
            f"{folder}, which {_kind_of(folder)}"
        )
    for method in methods:
        if method.name == name:
            return method, comparison.metric, comparison.data
    raise ValueError(
        f"`{which}method` must be one of "
        f"{', '.join(m.name for m in methods)}, which {folder} holds. "
        f"Received: {name!r}"
    )


def _cells(errors: dict[int, float], others: dict[int, float]) -> list[str]:
    """Both means over the seeds of both, the change, and p."""
    found = change(errors, others)
    if found is None:
        return [NONE] * 4
    seeds = errors.keys() & others.keys()
    means = [
        statistics.fmean(values[seed] for seed in seeds)
        for values in (errors, others)
    ]
    digits = max(3, digits_for(means))
    return [
        *(number_cell(mean, digits) for mean in means),
        _change(found),
        p_cell(found.p, None),
    ]


if __name__ == "__main__":
    run_app("apps.compare.pair", "The same command starts anew.")
