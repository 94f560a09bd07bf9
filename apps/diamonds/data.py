"""Prices of 53,940 diamonds, as shipped inside the plotnine package."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from keras_groupdir.density import label_bins
from keras_groupdir.groups import LabelGroups
from keras_groupdir.splits import balanced_split

NUMBERS = ("carat", "depth", "table", "x", "y", "z")
# From worst to best: the order is the meaning.
GRADES = {
    "cut": ("Fair", "Good", "Very Good", "Premium", "Ideal"),
    "color": tuple("JIHGFED"),
    "clarity": ("I1", "SI2", "SI1", "VS2", "VS1", "VVS2", "VVS1", "IF"),
}
FEATURES = (*NUMBERS, *GRADES)
LOW, HIGH = 300.0, 18900.0
BINS: LabelGroups = label_bins(LOW, HIGH, bin_width=100)
MOST_PER_BIN = 15


@dataclass(frozen=True)
class Diamonds:
    """Features, shape `(n, 9)`, and prices in dollars, shape `(n,)`."""

    x: np.ndarray
    y: np.ndarray


def load_splits(seed: int) -> dict[str, Diamonds]:
    """Train, val and test diamonds; val and test are balanced over prices.

    The 146 rows that repeat another row are dropped, so that none of them is
    on both sides of the split.

    Args:
        seed: Seed of the split.
    """
    x, y = _read(_csv_file())
    split = balanced_split(y, BINS, MOST_PER_BIN, seed)
    return {name: Diamonds(x[rows], y[rows]) for name, rows in split.items()}


def _csv_file() -> Path:
    # Found without importing plotnine, which loads much more than its data.
    spec = find_spec("plotnine")
    if spec is None or spec.origin is None:
        raise SystemExit(
            "The diamonds come with the plotnine package, which is not "
            "installed: pip install -r requirements.txt"
        )
    return Path(spec.origin).parent / "data" / "diamonds.csv"


def _read(path: Path) -> tuple[np.ndarray, np.ndarray]:
    lines = path.read_text(encoding="utf-8").splitlines()
    names = [name.strip('"') for name in lines[0].split(",")]
    cells = np.array(sorted({line.replace('"', "") for line in lines[1:]}))
    table = np.array([line.split(",") for line in cells])
    columns = dict(zip(names, table.T, strict=True))
    x = [columns[name].astype("float32") for name in NUMBERS]
    for name, grades in GRADES.items():
        rank = {grade: float(place) for place, grade in enumerate(grades)}
        x.append(np.array([rank[grade] for grade in columns[name]], "float32"))
    return np.stack(x, axis=1), columns["price"].astype("float32")
