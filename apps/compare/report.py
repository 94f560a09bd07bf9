"""What a comparison has found: tables and pictures."""

from pathlib import Path

from apps.common.results import write_text
from apps.compare.folder_store import FolderStore
from apps.compare.sections.head import head
from apps.compare.sections.paper import paper
from apps.compare.sections.routings import routings
from apps.compare.sections.search import search
from keras_groupdir.reports import draw_errors
from keras_groupdir.reports import draw_gain
from keras_groupdir.reports import errors_table

SECTIONS = (head, errors_table, routings, paper, search)
PICTURES = {"errors.png": draw_errors, "gain.png": draw_gain}


def report(store: FolderStore) -> str:
    """Prints the report of a folder, writes it there, and draws it.

    Args:
        store: With the runs of `python -m apps.compare`.

    Returns:
        The text of `report.md`.
    """
    text = write_report(store)
    if text is None:
        text = f"There are no finished runs in {store.folder}.\n"
        print(text, end="")
    else:
        print(text)
    return text


def write_report(store: FolderStore) -> str | None:
    """Writes and draws the report; nothing without finished runs.

    Args:
        store: With the runs of `python -m apps.compare`.

    Returns:
        The text of `report.md`.
    """
    folder, comparison = store.folder, store.comparison()
    if not comparison.methods:
        return None
    for name, draw in PICTURES.items():
        draw(comparison, folder / name)
    parts = [section(comparison) for section in SECTIONS]
    parts[1] += "".join(
        f"\n\n![{Path(name).stem}]({name})"
        for name in PICTURES
        if (folder / name).exists()
    )
    text = "\n\n".join(part for part in parts if part) + "\n"
    write_text(folder / "report.md", text)
    return text
