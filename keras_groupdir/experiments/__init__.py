"""Experiments: methods on one problem, compared with the same budget."""

from keras_groupdir.experiments.budget import Budget
from keras_groupdir.experiments.compare import compare
from keras_groupdir.experiments.comparison import VANILLA
from keras_groupdir.experiments.comparison import Comparison
from keras_groupdir.experiments.describe_run import describe_run
from keras_groupdir.experiments.describe_run import is_run
from keras_groupdir.experiments.differences import differences
from keras_groupdir.experiments.method import Line
from keras_groupdir.experiments.method import Method
from keras_groupdir.experiments.method import validation_error
from keras_groupdir.experiments.over_choices import over_choices
from keras_groupdir.experiments.over_sets import OverSets
from keras_groupdir.experiments.over_sets import over_sets
from keras_groupdir.experiments.pairs import Pair
from keras_groupdir.experiments.pairs import compare_pairs
from keras_groupdir.experiments.problem import Problem
from keras_groupdir.experiments.progress import Progress
from keras_groupdir.experiments.ranks import Ranks
from keras_groupdir.experiments.ranks import rank_methods
from keras_groupdir.experiments.rivals import best_rival
from keras_groupdir.experiments.rivals import is_weighted
from keras_groupdir.experiments.rivals import single_rival
from keras_groupdir.experiments.run_method import FittedMethod
from keras_groupdir.experiments.run_method import fit_method
from keras_groupdir.experiments.run_method import run_method
from keras_groupdir.experiments.runs import Runs
from keras_groupdir.experiments.statistics import Change
from keras_groupdir.experiments.statistics import Interval
from keras_groupdir.experiments.statistics import change
from keras_groupdir.experiments.statistics import holm
from keras_groupdir.experiments.statistics import interval
from keras_groupdir.experiments.statistics import reach
from keras_groupdir.experiments.store import Store
from keras_groupdir.experiments.summarize import summarize
from keras_groupdir.experiments.summary import MethodSummary
from keras_groupdir.experiments.summary import Result
from keras_groupdir.experiments.summary import Rival
from keras_groupdir.experiments.summary import SetSummary
from keras_groupdir.experiments.summary import Summary
from keras_groupdir.experiments.tries import MOST_TRIES
from keras_groupdir.experiments.tries import list_tries
from keras_groupdir.models.group_rows import ORACLE

__all__ = [
    "MOST_TRIES",
    "ORACLE",
    "VANILLA",
    "Budget",
    "Change",
    "Comparison",
    "FittedMethod",
    "Interval",
    "Line",
    "Method",
    "MethodSummary",
    "OverSets",
    "Pair",
    "Problem",
    "Progress",
    "Ranks",
    "Result",
    "Rival",
    "Runs",
    "SetSummary",
    "Store",
    "Summary",
    "best_rival",
    "change",
    "compare",
    "compare_pairs",
    "describe_run",
    "differences",
    "fit_method",
    "holm",
    "interval",
    "is_run",
    "is_weighted",
    "list_tries",
    "over_choices",
    "over_sets",
    "rank_methods",
    "reach",
    "run_method",
    "single_rival",
    "summarize",
    "validation_error",
]
