"""What the axis of a metric says."""

from keras_groupdir.reports.cells import SHORT
from keras_groupdir.reports.figures import caption
from keras_groupdir.reports.figures import with_unit

# Metrics of shot tables, as papers write them.
NAMES = {
    **SHORT,
    "balanced_mae": "bMAE",
    "balanced_mase": "bMASE",
    "ccc": "CCC",
    "sera": "SERA",
}
SQUARED = ("mse", "sera")
CORRELATIONS = ("pearson", "ccc")
# The same in whatever unit labels are.
WITHOUT_UNIT = (*CORRELATIONS, "balanced_mase")


def metric_label(metric: str, unit: str) -> str:
    """Text of an axis: a metric, its unit, and which way is better.

    Args:
        metric: Its name in a shot table.
        unit: Unit of labels.

    Examples:

    >>> metric_label("mae", "years"), metric_label("pearson", "years")
    ('MAE (years), less is better', 'Pearson, more is better')
    >>> metric_label("mse", "years"), metric_label("mse", "m/s")
    ('MSE (years²), less is better', 'MSE ((m/s)²), less is better')
    """
    if metric in WITHOUT_UNIT:
        unit = ""
    if unit and metric in SQUARED:
        unit = f"{unit}²" if unit.isalpha() else f"({unit})²"
    text = with_unit(NAMES.get(metric, caption(metric.upper())), unit)
    better = "more" if metric in CORRELATIONS else "less"
    return f"{text}, {better} is better"
