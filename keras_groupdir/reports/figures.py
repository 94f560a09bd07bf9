"""Colors of pictures, and files of them that are whole or not there."""

import tempfile
from pathlib import Path
from typing import Any

from keras_groupdir.experiments import VANILLA

# Okabe and Ito's, which the color-blind tell apart.
GROUPDIR, GROUPS, OTHERS = "#d55e00", "#cc79a7", "#0072b2"
BASE = "#4d4d4d"


def color_of(name: str) -> str:
    """Of a recipe."""
    if name == VANILLA:
        return BASE
    if name.startswith("groupdir"):
        return GROUPDIR
    return GROUPS if name.startswith("group_") else OTHERS


def caption(text: str) -> str:
    r"""Text out of a file, as a picture can show it: short, and no formula.

    Examples:

    >>> print(caption("$a$\nb"), caption("x" * 99)[58:])
    \$a\$ b xx...
    """
    line = " ".join(text.split())
    line = line if len(line) <= 60 else f"{line[:60]}..."
    return line.replace("$", r"\$")


def save_figure(figure: Any, path: str | Path) -> None:
    """Writes a PNG file, which is whole or not there.

    Args:
        figure: A `matplotlib.figure.Figure`.
        path: The file.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    # A folder that nobody can have put a link in.
    with tempfile.TemporaryDirectory(
        dir=path.parent, prefix=f".{path.name}."
    ) as folder:
        temporary = Path(folder) / path.name
        figure.savefig(temporary, format="png", dpi=150)
        temporary.replace(path)


def new_figure(width: float, height: float) -> Any:
    """An empty `matplotlib.figure.Figure`; matplotlib is loaded only now."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError(
            "Pictures need matplotlib: pip install 'keras-groupdir[compare]'"
        ) from error
    return Figure(figsize=(width, height), layout="constrained")
