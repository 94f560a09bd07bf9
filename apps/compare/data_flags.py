"""The flags that say what to train on."""

import argparse


def add_data_flags(parser: argparse.ArgumentParser) -> None:
    """Adds what `load_problem` reads."""
    parser.add_argument(
        "dataset",
        help="diamonds, sts_b_dir, utkface_dir, agedb_dir, imdb_wiki_dir, or "
        "a CSV file",
    )
    parser.add_argument("--data-dir", help="folder with the data set's files")
    parser.add_argument("--glove", help="word vectors of sts_b_dir")
    parser.add_argument("--target", help="column of a CSV file to predict")
    parser.add_argument("--epochs", type=int, help="default: the data set's")
