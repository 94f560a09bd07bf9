"""UTKFace as it is published: a folder of files that name the age."""

import hashlib
import re
import warnings
from pathlib import Path

from apps.data.faces.datasets.photos import Photo
from apps.data.faces.datasets.photos import by_split
from apps.data.faces.datasets.photos import listed
from apps.data.faces.datasets.rule import split_by_age

MOST_PER_AGE = 15
SUFFIXES = {".jpg", ".jpeg", ".png"}
# Some names lack the gender or the race, so only the age is read.
NAME = re.compile(r"(\d{1,3})_")


def read_folder(folder: Path) -> dict[str, list[Photo]]:
    """Photos of each split; byte-identical files are in the same one.

    Images with other names are left out, with a warning that names them.
    """
    photos, others = [], []
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in SUFFIXES:
            continue
        if match := NAME.match(path.name):
            photos.append(Photo.of_file(folder, path.name, float(match[1])))
        else:
            others.append(path.name)
    if others:
        warnings.warn(
            f"{len(others)} images of {folder} were left out, since their "
            f"names do not begin with an age.{listed(others)}",
            stacklevel=2,
        )
    return by_split(photos, _splits(photos))


def _splits(photos: list[Photo]) -> list[str]:
    if not photos:
        return []
    ages = [photo.age for photo in photos]
    contents = [_content(photo) for photo in photos]
    return split_by_age(ages, MOST_PER_AGE, keys=contents).tolist()


def _content(photo: Photo) -> bytes:
    try:
        return hashlib.sha256(photo.read()).digest()
    except OSError:  # will be left out
        return photo.name.encode()
