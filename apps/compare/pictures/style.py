"""Colors, and pictures that are whole or not there."""

import os
from pathlib import Path

from matplotlib.figure import Figure

from apps.compare.comparison import VANILLA

# Okabe and Ito's, which the color-blind tell apart.
GROUPDIR, GROUPS, OTHERS = "#d55e00", "#cc79a7", "#0072b2"
BASE = "#4d4d4d"
TARGETS = {"soft": "#d55e00", "ce": "#0072b2", "la": "#009e73"}
SHOTS = {
    "all": "#4d4d4d",
    "many": "#56b4e9",
    "median": "#0072b2",
    "few": "#d55e00",
}


def color_of(name: str) -> str:
    """Of a recipe."""
    if name == VANILLA:
        return BASE
    if name.startswith("groupdir"):
        return GROUPDIR
    return GROUPS if name.startswith("group_") else OTHERS


def save_figure(figure: Figure, path: Path) -> None:
    """Writes a PNG file to a temporary name first."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    figure.savefig(temporary, format="png", dpi=150)
    temporary.replace(path)
