"""UTKFace in one .npz: the bytes of the images end to end, ages, splits."""

import functools
import zipfile
import zlib
from pathlib import Path

import numpy as np

from apps.data.faces.datasets.photos import SPLITS
from apps.data.faces.datasets.photos import Photo
from apps.data.faces.datasets.photos import by_split

MEMBERS = ("blob", "offsets", "age", "split")


def read_archive(path: Path) -> dict[str, list[Photo]]:
    """Photos of each split; image `i` is `blob[offsets[i]:offsets[i + 1]]`.

    Raises:
        ValueError: If the file is not of this form; names it.
    """
    try:
        with path.open("rb") as file, np.load(file) as archive:
            # Each look at a member would read it again from the file.
            blob, offsets, ages, splits = (archive[name] for name in MEMBERS)
    except (
        KeyError,
        ValueError,
        OSError,
        EOFError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise ValueError(
            f"{path} must be an .npz of {', '.join(MEMBERS)}: {error}"
        ) from error
    if not len(offsets) - 1 == len(ages) == len(splits):
        raise ValueError(
            f"{path} must hold one more offset than ages and splits. Received: "
            f"{len(offsets)} offsets, {len(ages)} ages, {len(splits)} splits"
        )
    if offsets.dtype.kind not in "iu" or np.any(np.diff(offsets) < 0):
        raise ValueError(f"{path} must hold offsets that are whole and rise.")
    unknown = sorted(set(splits.tolist()) - set(SPLITS))
    if unknown:
        raise ValueError(
            f"{path} must name the splits {', '.join(SPLITS)}. Received: "
            f"{', '.join(map(repr, unknown))}"
        )
    photos = [
        Photo(
            f"{path.name}[{row}]",
            float(age),
            functools.partial(_cut, blob, offsets[row], offsets[row + 1]),
        )
        for row, age in enumerate(ages)
    ]
    return by_split(photos, splits.tolist())


def _cut(blob: np.ndarray, start: int, end: int) -> bytes:
    return blob[start:end].tobytes()
