"""Reports: tables as Markdown, and pictures by matplotlib."""

from keras_groupdir.reports.cells import NONE
from keras_groupdir.reports.cells import SHORT
from keras_groupdir.reports.cells import SUBSETS
from keras_groupdir.reports.cells import change_cell
from keras_groupdir.reports.cells import counted
from keras_groupdir.reports.cells import digits_for
from keras_groupdir.reports.cells import digits_of
from keras_groupdir.reports.cells import markdown_table
from keras_groupdir.reports.cells import mean_cell
from keras_groupdir.reports.cells import number_cell
from keras_groupdir.reports.cells import p_cell
from keras_groupdir.reports.cells import plain
from keras_groupdir.reports.cells import second_metric
from keras_groupdir.reports.cells import settings_cell
from keras_groupdir.reports.draw_critical_difference import (
    draw_critical_difference,
)
from keras_groupdir.reports.draw_errors import draw_errors
from keras_groupdir.reports.draw_gain import draw_gain
from keras_groupdir.reports.draw_label_errors import draw_label_errors
from keras_groupdir.reports.draw_labels import draw_labels
from keras_groupdir.reports.draw_predictions import draw_predictions
from keras_groupdir.reports.draw_shots import draw_shots
from keras_groupdir.reports.errors_table import errors_table
from keras_groupdir.reports.figures import BASE
from keras_groupdir.reports.figures import caption
from keras_groupdir.reports.figures import color_at
from keras_groupdir.reports.figures import color_of
from keras_groupdir.reports.figures import new_figure
from keras_groupdir.reports.figures import save_figure
from keras_groupdir.reports.figures import with_unit
from keras_groupdir.reports.footnotes import Footnotes
from keras_groupdir.reports.metric_label import metric_label
from keras_groupdir.reports.shots_note import shots_note
from keras_groupdir.reports.summary_cells import over_sets_cell
from keras_groupdir.reports.summary_table import summary_table

__all__ = [
    "BASE",
    "NONE",
    "SHORT",
    "SUBSETS",
    "Footnotes",
    "caption",
    "change_cell",
    "color_at",
    "color_of",
    "counted",
    "digits_for",
    "digits_of",
    "draw_critical_difference",
    "draw_errors",
    "draw_gain",
    "draw_label_errors",
    "draw_labels",
    "draw_predictions",
    "draw_shots",
    "errors_table",
    "markdown_table",
    "mean_cell",
    "metric_label",
    "new_figure",
    "number_cell",
    "over_sets_cell",
    "p_cell",
    "plain",
    "save_figure",
    "second_metric",
    "settings_cell",
    "shots_note",
    "summary_table",
    "with_unit",
]
