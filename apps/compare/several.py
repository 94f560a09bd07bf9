"""Comparisons on several data sets, and what they come to."""

import argparse
from collections.abc import Callable
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote

from apps.common.locks import held_alone
from apps.common.results import write_text
from apps.compare.folder_store import FolderStore
from apps.compare.report import write_report
from apps.compare.run_missing import run_missing
from apps.compare.run_missing import say
from keras_groupdir.experiments import Problem
from keras_groupdir.experiments import summarize
from keras_groupdir.reports import draw_critical_difference
from keras_groupdir.reports import plain
from keras_groupdir.reports import summary_table

SUMMARY = "summary.md"
PICTURE = "ranks.png"


def run_several(
    problems: Mapping[str, Problem],
    stores: Mapping[str, FolderStore],
    arguments: argparse.Namespace,
) -> None:
    """Runs what is missing, one data set after the other.

    Of several processes each takes a data set that no other is at, and at the
    end helps where one still is.

    Args:
        problems: By the name of the folder.
        stores: Of the same names.
        arguments: Of `python -m apps.compare`.
    """
    left = dict(problems)
    for helps in (False, True):
        for name, problem in list(left.items()):
            store = stores[name]
            with ExitStack() as held:
                if not helps:
                    try:
                        lock = store.folder / ".locks" / "data-set"
                        held.enter_context(held_alone(lock, waits=False))
                    except ValueError:
                        say(f"{name}: another process is at it; it comes last.")
                        continue
                run_missing(problem, store, arguments, _prefixed(name))
                write_report(store)
                del left[name]
                place = len(problems) - len(left)
                say(
                    f"{name}: done, data set {place} of {len(problems)}; its "
                    f"report is {store.folder / 'report.md'}"
                )


def _prefixed(name: str) -> Callable[[str], None]:
    return lambda text: say(f"{name}: {text}")


def summary_report(output: Path, stores: Mapping[str, FolderStore]) -> str:
    """Prints the summary of several folders, writes and draws it.

    Args:
        output: Where the folders are.
        stores: By the name of the folder.

    Returns:
        The text of `summary.md`.
    """
    comparisons = {name: one.comparison() for name, one in stores.items()}
    comparisons = {k: v for k, v in comparisons.items() if v.methods}
    if not comparisons:
        text = f"There are no finished runs in {output}.\n"
        print(text, end="")
        return text
    summary = summarize(list(comparisons.values()))
    links = [
        f"- [{plain(one.dataset)}]({quote(name)}/report.md)"
        for name, one in comparisons.items()
    ]
    missing = [name for name in stores if name not in comparisons]
    if missing:
        links.append(
            f"- no finished runs yet: {', '.join(map(plain, missing))}"
        )
    parts = ["# Methods on several data sets", "\n".join(links)]
    parts.append(summary_table(summary))
    if summary.ranks is not None:
        draw_critical_difference(summary, output / PICTURE)
        parts.append(f"![ranks]({PICTURE})")
    text = "\n\n".join(parts) + "\n"
    write_text(output / SUMMARY, text)
    print(text)
    return text
