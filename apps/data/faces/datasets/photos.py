"""Photos of faces on their way into a dataset."""

import warnings
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from apps.data.faces.datasets.files import FilesUnavailable
from apps.data.faces.decode import UnreadableImage
from apps.data.faces.decode import check_image

SPLITS = ("train", "val", "test")
# More would bury the terminal, where a whole folder is missing.
MOST_NAMED = 100


@dataclass(frozen=True)
class Photo:
    """A face, not read yet: `read` returns the bytes of its file."""

    name: str
    age: float
    read: Callable[[], bytes]


def by_split(
    photos: Iterable[Photo], splits: Iterable[str]
) -> dict[str, list[Photo]]:
    """Photos of "train", "val" and "test", in order; one split per photo."""
    parts: dict[str, list[Photo]] = {name: [] for name in SPLITS}
    for photo, split in zip(photos, splits, strict=True):
        parts[split].append(photo)
    return parts


def generate_examples(
    split: str, photos: Sequence[Photo], by_hand: str
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Examples of the photos that can be read; warns of the others.

    Raises:
        FilesUnavailable: If there are none; says what to do, `by_hand`.
    """
    number, skipped = 0, []
    for photo in photos:
        try:
            jpeg = photo.read()
            check_image(jpeg)
        except (OSError, UnreadableImage) as error:
            skipped.append(f"{photo.name} ({error})")
            continue
        yield number, {"image": jpeg, "age": photo.age, "name": photo.name}
        number += 1
    if not number:
        raise FilesUnavailable(
            f'"{split}" has no image that can be read.{listed(skipped)}\n'
            f"{by_hand}"
        )
    if skipped:
        warnings.warn(
            f'{len(skipped)} of {len(photos)} images of "{split}" cannot be '
            f"read and were left out.{listed(skipped)}",
            stacklevel=2,
        )


def listed(names: Sequence[str]) -> str:
    """The names, one on each line; a long list is cut, and says so."""
    lines = list(names[:MOST_NAMED])
    if len(names) > MOST_NAMED:
        lines.append(f"and {len(names) - MOST_NAMED} more")
    return "".join(f"\n  {line}" for line in lines)
