"""What a comparison has found: tables and pictures."""

from pathlib import Path

from apps.common.results import write_text
from apps.compare.comparison import read_comparison
from apps.compare.pictures.errors import draw_errors
from apps.compare.pictures.gain import draw_gain
from apps.compare.sections.head import head
from apps.compare.sections.main_table import main_table
from apps.compare.sections.paper import paper
from apps.compare.sections.routings import routings
from apps.compare.sections.search import search

SECTIONS = (head, main_table, routings, paper, search)
PICTURES = {"errors.png": draw_errors, "gain.png": draw_gain}


def report(folder: Path) -> str:
    """Prints the report of a folder, writes it there, and draws it.

    Args:
        folder: With the files of `python -m apps.compare`.

    Returns:
        The text of `report.md`.
    """
    comparison = read_comparison(folder)
    if comparison is None:
        text = f"There are no finished runs in {folder}.\n"
        print(text, end="")
        return text
    for name, draw in PICTURES.items():
        draw(folder / name, comparison)
    parts = [section(comparison) for section in SECTIONS]
    parts[1] += "".join(
        f"\n\n![{Path(name).stem}]({name})"
        for name in PICTURES
        if (folder / name).exists()
    )
    text = "\n\n".join(part for part in parts if part) + "\n"
    write_text(folder / "report.md", text)
    print(text)
    return text
