"""Tables 1 to 3 of the paper, as they are printed."""

import json
from dataclasses import dataclass
from pathlib import Path

from keras_groupdir.experiments import VANILLA
from keras_groupdir.reports import SUBSETS

# What rounding and the fitted shares leave: 0.3% at most. The rows that are
# further off, by 0.5% and more, cannot be right as they are printed.
ROUNDING = 0.004
# Recipes by the paper's names. "SMOBN" there is SMOGN, misspelled; "Ours" is
# Group-DIR with soft labels and hard routing, beside which ours stands.
RECIPES_OF = {
    "VANILLA": (VANILLA,),
    "SMOTER": ("smoter",),
    "SMOGN": ("smogn",),
    "SMOGN + LDS": ("smogn_lds",),
    "RRT": ("rrt",),
    "RRT + LDS": ("rrt_lds",),
    "FOCAL-R": ("focal_r",),
    "FOCAL-R + LDS": ("focal_r_lds",),
    "INV": ("inv",),
    "INV + LDS": ("inv_lds",),
    "SQINV": ("sqinv",),
    "SQINV + LDS": ("sqinv_lds",),
    "LDS + FDS": ("lds_fds",),
    "BMC": ("bmc",),
    "GAI": ("gai",),
    "DER": ("der",),
    "Con-R": ("con_r",),
    "RankSim": ("ranksim",),
    "LDS + FDS + DER": ("lds_fds_der",),
    "Ours": ("groupdir_paper", "groupdir"),
    "VAE": ("vae",),
    "VIR": ("vir",),
}


@dataclass(frozen=True)
class Printed:
    """One of the paper's tables.

    Attributes:
        number: Of the table.
        metric: Of the first four columns.
        second: Of the last four.
        rows: Eight figures by the method's name; correlations are times 100.
            `None` where a dash is printed.
        sizes: Many, median and few test samples, or their shares.
    """

    number: int
    metric: str
    second: str
    rows: dict[str, list[float | None]]
    sizes: list[float]

    @property
    def digits(self) -> int:
        """Behind the point of an error."""
        return 3 if self.metric == "mse" else 2

    def errors(self, title: str) -> dict[str, float]:
        """Errors of a row by subset."""
        return {
            subset: value
            for subset, value in zip(SUBSETS, self.rows[title], strict=False)
            if value is not None
        }

    def seconds(self, title: str) -> dict[str, float]:
        """Geometric means or correlations of a row by subset."""
        # Correlations are printed in hundredths.
        scale = 100 if self.second == "pearson" else 1
        return {
            subset: value / scale
            for subset, value in zip(SUBSETS, self.rows[title][4:], strict=True)
            if value is not None
        }

    def implied_overall(self, title: str) -> float:
        """The overall error that the errors per shot come to."""
        errors = self.errors(title)
        weighted = zip(self.sizes, SUBSETS[1:], strict=True)
        total = sum(size * errors[subset] for size, subset in weighted)
        return total / sum(self.sizes)

    def is_possible(self, title: str) -> bool:
        """Whether the overall error comes of the errors per shot."""
        overall = self.errors(title)["all"]
        return abs(self.implied_overall(title) - overall) <= ROUNDING * overall


def _read() -> dict[str, Printed]:
    text = Path(__file__).with_suffix(".json").read_text(encoding="utf-8")
    return {name: Printed(**table) for name, table in json.loads(text).items()}


# By the name of the data set. Of IMDB-WIKI-DIR no sizes are printed: those are
# shares that fit the other rows by least squares.
PRINTED = _read()
