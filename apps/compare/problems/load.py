"""A problem by the name that the command line gives."""

import argparse

from apps.compare.problem import Problem


def load_problem(arguments: argparse.Namespace) -> Problem:
    """Loads the data set of a command line."""
    if arguments.dataset == "sts_b_dir":
        from apps.compare.problems.sts_b_dir import load

        return load(arguments.data_dir, arguments.glove)
    raise ValueError(arguments.dataset)
