"""The flags that say what to train on."""

import argparse

from apps.compare.problems.load import FLAGS


def add_data_flags(parser: argparse.ArgumentParser) -> None:
    """Adds what `load_problem` reads."""
    parser.add_argument(
        "dataset",
        help=f"{', '.join(FLAGS)}, or a CSV file, or what comes before "
        "_train.csv, _val.csv and _test.csv",
    )
    parser.add_argument("--data-dir", help="folder with the data set's files")
    parser.add_argument("--glove", help="word vectors of sts_b_dir")
    parser.add_argument(
        "--target", help="column of a CSV file to predict; default: the first"
    )
    parser.add_argument("--epochs", type=int, help="default: the data set's")
