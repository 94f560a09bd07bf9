"""Methods on one data set or several, with the same budget for each.

    python -m apps.compare prices.csv --target price
    python -m apps.compare diamonds --methods all --tries 4
    python -m apps.compare sts_b_dir --data-dir DIR --glove FILE
    python -m apps.compare FOLDER_OF_CSV_FILES --blocks a_time_series

For each method: its defaults, or the best of `--tries` settings, found on the
first seed by the validation set alone; with every seed, judged once by the test
set.
A line of JSON for each is in `--output`, in a file for each method; what is
there is not run again, so a killed comparison goes on where it was. A folder is
for one data set and one budget. Prints and writes the report at the end, or
with `--report` at once, of what there is.

Several data sets have a folder each inside of `--output`, and one summary.
"""

import argparse
from pathlib import Path

from apps.common.flags import SEED
from apps.common.flags import Number
from apps.common.flags import check_differ
from apps.common.flags import check_settings
from apps.common.flags import json_object
from apps.common.flags import refusing
from apps.common.results import check_folder
from apps.common.results import check_writable
from apps.compare.boosting import check_boosting
from apps.compare.data_sets import add_blocks_flag
from apps.compare.data_sets import list_sets
from apps.compare.data_sets import name_of
from apps.compare.folder_store import FolderStore
from apps.compare.report import report
from apps.compare.report import write_report
from apps.compare.run_missing import run_missing
from apps.compare.several import SUMMARY
from apps.compare.several import run_several
from apps.compare.several import summary_report
from apps.data.load import add_data_flags
from apps.data.load import check_data_flags
from apps.data.load import load_problem
from keras_groupdir.experiments import MOST_TRIES
from keras_groupdir.recipes import RECIPES

# What a first answer needs: Group-DIR, and what it has to be better than.
FIRST = (
    "vanilla",
    "sqinv",
    "dense_weight",
    "groupdir",
    "groupdir_matched",
    "groupdir_balanced",
)


def main(argv: list[str] | None = None) -> str:
    """Runs what is missing of a comparison; returns its report."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    with refusing(parser):
        _check(arguments)
        sets = list_sets(arguments)
    if isinstance(sets, list):
        return _several(parser, arguments, sets)
    return _one(parser, sets)


def _one(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> str:
    folder = Path(arguments.output or f"runs/compare/{name_of(arguments)}")
    store = FolderStore(folder)
    problem = None
    with refusing(parser):
        check_data_flags(arguments)
        check_folder("output", folder)
        if arguments.report:
            # Says what is wrong with the folder, if anything is.
            if store.comparison().methods:
                check_writable("output", folder / "report.md")
        else:
            problem = load_problem(arguments)
            # Not before: a typing error in the flags leaves no folder.
            check_writable("output", folder / "report.md")
            store.check(problem)
    if problem is not None:
        run_missing(problem, store, arguments)
    return report(store)


def _several(
    parser: argparse.ArgumentParser,
    arguments: argparse.Namespace,
    sets: list[argparse.Namespace],
) -> str:
    output = Path(arguments.output or "runs/compare")
    stores = {name_of(one): FolderStore(output / name_of(one)) for one in sets}
    problems = {}
    with refusing(parser):
        for folder in (output, *(one.folder for one in stores.values())):
            check_folder("output", folder)
        if arguments.report:
            found = [one.comparison().methods for one in stores.values()]
            if any(found):
                check_writable("output", output / SUMMARY)
        else:
            # All of them before the first is run, which may take hours.
            problems = {name_of(one): load_problem(one) for one in sets}
            for name, problem in problems.items():
                stores[name].check(problem)
            check_writable("output", output / SUMMARY)
            for store in stores.values():
                check_writable("output", store.folder / "report.md")
    if arguments.report:
        for store in stores.values():
            write_report(store)
    run_several(problems, stores, arguments)
    return summary_report(output, stores)


def _check(arguments: argparse.Namespace) -> None:
    """Refuses flags that could not be run, before anything is loaded."""
    check_differ(arguments, ("seeds", "methods"))
    if "all" in arguments.methods:
        arguments.methods = list(RECIPES)
    if arguments.references:
        check_boosting()
    if arguments.settings is not None:
        if len(arguments.methods) != 1:
            raise ValueError(
                "`settings` are those of one method. Received: "
                f"{len(arguments.methods)} methods"
            )
        check_settings(arguments.methods[0], arguments.settings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m apps.compare",
        description="Methods on one data set or several, with the same budget.",
    )
    add_data_flags(parser, several=True)
    add_blocks_flag(parser)
    parser.add_argument(
        "--methods",
        nargs="+",
        choices=["all", *RECIPES],
        default=list(FIRST),
        metavar="METHOD",
        help=f"default: {' '.join(FIRST)}; or all, which are "
        f"{', '.join(RECIPES)}",
    )
    parser.add_argument("--seeds", nargs="+", type=SEED, default=[0, 1, 2])
    parser.add_argument(
        "--tries",
        type=Number(f"from 1 to {MOST_TRIES}", int, 1, MOST_TRIES),
        default=1,
        help="settings to try for each method, 4 at most; 1: its defaults "
        "(default: 1)",
    )
    parser.add_argument(
        "--settings",
        type=json_object,
        metavar="JSON",
        help="run one method with these, in place of the tries: "
        '{"num_groups": 20}',
    )
    parser.add_argument(
        "--references",
        action="store_true",
        help="boosted trees of scikit-learn as well, on tables",
    )
    parser.add_argument("--output", help="folder (default: runs/compare/..)")
    parser.add_argument(
        "--report", action="store_true", help="only of what there is"
    )
    parser.add_argument(
        "--verbose",
        type=int,
        choices=(0, 1, 2),
        default=0,
        help="of fit (default: 0)",
    )
    return parser
