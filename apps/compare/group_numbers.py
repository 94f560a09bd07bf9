"""How many groups, and from what labels: the paper's Fig. 7 and 8.

    python -m apps.compare.group_numbers sts_b_dir --data-dir DIR --glove FILE
        --numbers 5 10 20 --output FOLDER [--vanilla FOLDER]

Trains Group-DIR with each number of groups, learning its groups from soft
labels, cross-entropy (CE) and logit adjustment (LA), with the budget of
`python -m apps.compare` and its default settings. A line of JSON for each
run is in `lines.jsonl`; what is there is not run again. Draws
`group_numbers.png` and prints its table. `--vanilla` is the folder of a
comparison on the same data, to draw its vanilla beside.
"""

import argparse
from pathlib import Path
from typing import Any

from apps.common.command import run_app
from apps.common.flags import SEED
from apps.common.flags import Number
from apps.common.flags import check_differ
from apps.common.flags import refusing
from apps.common.results import append_json_line
from apps.common.results import check_writable
from apps.common.results import write_text
from apps.compare.folder_store import FolderStore
from apps.compare.folder_store import read_lines
from apps.compare.pictures.group_numbers import draw_group_numbers
from apps.compare.sections.group_numbers_table import group_numbers_table
from apps.data.load import add_data_flags
from apps.data.load import check_data_flags
from apps.data.load import load_problem
from keras_groupdir.experiments import Line
from keras_groupdir.experiments import Method
from keras_groupdir.experiments import Problem
from keras_groupdir.experiments import Progress
from keras_groupdir.experiments import Runs

# The method's own routing, which needs the classifier to be calibrated by soft
# labels, and for the others their own probabilities.
ROUTINGS = {"soft": "mixture", "ce": "soft", "la": "soft"}
NUMBER = Number("a whole number from 2 to 1,000", int, 2, 1000)
NUMBERS = (5, 10, 15, 20, 25, 30, 40)
METHOD, KIND = "groupdir", "group_numbers"


class _LineStore(FolderStore):
    """All runs in the one file of this command."""

    @property
    def path(self) -> Path:
        return self.folder / "lines.jsonl"

    def lines(self) -> list[Line]:
        return read_lines(self.path)

    def keep(self, line: Line) -> None:
        append_json_line(self.path, line)


def main(argv: list[str] | None = None) -> str:
    """Runs what is missing, draws; returns the table."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    folder = Path(arguments.output)
    store = _LineStore(folder)
    with refusing(parser):
        check_data_flags(arguments)
        check_differ(arguments, ("numbers", "targets", "seeds"))
        problem = load_problem(arguments)
        vanilla = _vanilla(arguments.vanilla, problem)
        # Not before: a typing error in the flags leaves no folder.
        check_writable("output", store.path)
        store.lines()
    lines = _lines(problem, arguments, store)
    finite = [line for line in lines if not line["diverged"]]
    if finite:
        draw_group_numbers(folder / "group_numbers.png", finite, vanilla)
    table = group_numbers_table(lines)
    write_text(folder / "group_numbers.md", table + "\n")
    print(table)
    return table


def _lines(
    problem: Problem, arguments: argparse.Namespace, store: FolderStore
) -> list[Line]:
    """The lines of this command, of the file or of new runs."""
    jobs = [
        (_settings(targets, number), seed)
        for targets in arguments.targets
        for number in arguments.numbers
        for seed in arguments.seeds
    ]
    runs = Runs(problem, store, Progress(len(jobs), print))
    runs.begin(METHOD)
    return [runs.line(KIND, settings, seed) for settings, seed in jobs]


def _settings(targets: str, number: int) -> dict[str, Any]:
    return {
        "targets": targets,
        "routing": ROUTINGS[targets],
        "num_groups": number,
    }


def _vanilla(folder: Path | None, problem: Problem) -> Method | None:
    """The comparison's vanilla, which has to be there if it is asked for."""
    if folder is None:
        return None
    comparison = FolderStore(folder).comparison()
    vanilla = comparison.vanilla
    if vanilla is None:
        raise ValueError(
            "`vanilla` must be the folder of a comparison with a finished run "
            f"of vanilla. Received: {folder}"
        )
    if (comparison.dataset, comparison.data) != (problem.name, problem.digest):
        raise ValueError(
            f"`vanilla` must be a comparison on {problem.name}, digest "
            f"{problem.digest}. Received: {folder}, on {comparison.dataset}, "
            f"digest {comparison.data}"
        )
    return vanilla


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m apps.compare.group_numbers",
        description="Group-DIR by the number of its groups.",
    )
    add_data_flags(parser)
    parser.add_argument("--numbers", nargs="+", type=NUMBER, default=NUMBERS)
    parser.add_argument(
        "--targets", nargs="+", choices=list(ROUTINGS), default=list(ROUTINGS)
    )
    parser.add_argument("--seeds", nargs="+", type=SEED, default=[0, 1, 2])
    parser.add_argument("--output", required=True, help="folder")
    parser.add_argument(
        "--vanilla", type=Path, help="folder of a comparison on the same data"
    )
    return parser


if __name__ == "__main__":
    run_app(
        "apps.compare.group_numbers", "The same command goes on where it was."
    )
