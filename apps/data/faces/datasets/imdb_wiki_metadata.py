"""The .mat files that come with the IMDB-WIKI faces."""

from pathlib import Path
from typing import Any

import numpy as np

FIELDS = ("full_path", "dob", "photo_taken", "face_score", "second_face_score")
# The cleaning of IMDB-WIKI-DIR: one clear face, and an age that can be one.
LEAST_FACE_SCORE = 1.0
OLDEST = 200
# What Matlab calls the first of January 1970.
EPOCH_DATENUM = 719_529
JULY = 6  # January is 0


def read_metadata(folder: Path, name: str) -> tuple[list[str], np.ndarray]:
    """Paths and ages of the faces that IMDB-WIKI-DIR keeps.

    Those are the faces with a detector score of at least 1, without a second
    face beside them, and with an age from 0 to 200. (Of the real ones, the
    oldest that is left is 186: some dates are wrong.)

    Args:
        folder: `imdb_crop` or `wiki_crop`, as unpacked.
        name: "imdb" or "wiki".

    Returns:
        Paths in the folder, and ages in years of shape `(n,)`.

    Raises:
        ValueError: If the .mat file is not of this form; names it.
        ImportError: If SciPy, which reads it, is missing.
    """
    meta = _load(folder / f"{name}.mat", name)
    ages = ages_in_years(meta["dob"], meta["photo_taken"])
    keep = (
        (meta["face_score"] >= LEAST_FACE_SCORE)
        & ~(meta["second_face_score"] > 0)  # NaN where there is none
        & (ages >= 0)
        & (ages <= OLDEST)
    )
    paths = [str(path[0]) for path in meta["full_path"][keep]]
    return paths, ages[keep]


def ages_in_years(dob: np.ndarray, photo_taken: np.ndarray) -> np.ndarray:
    """Whole years from birth to the middle of the year of the photo.

    Only the year of a photo is known. Who is born in July or later is taken to
    have a birthday ahead.

    Args:
        dob: Dates of birth, in days as Matlab counts them. Shape `(n,)`.
        photo_taken: Years. Shape `(n,)`.

    Returns:
        Ages, int64; absurd where a date is. Shape `(n,)`.
    """
    days = np.floor(np.nan_to_num(dob)).astype("int64") - EPOCH_DATENUM
    months = days.astype("datetime64[D]").astype("datetime64[M]")
    years, month = np.divmod(months.astype("int64"), 12)
    return photo_taken - (years + 1970) - (month >= JULY)


def _load(path: Path, name: str) -> dict[str, Any]:
    try:
        # Not needed by who has the csv of the benchmark.
        from scipy.io import loadmat
    except ImportError as error:
        raise ImportError(
            f"SciPy is needed to read {path}: pip install scipy"
        ) from error
    try:
        table = loadmat(path)[name][0, 0]
        return {field: table[field][0] for field in FIELDS}
    except Exception as error:  # SciPy has some of its own
        raise ValueError(
            f"{path} must hold a table `{name}` with {', '.join(FIELDS)}: "
            f"{error}"
        ) from error
