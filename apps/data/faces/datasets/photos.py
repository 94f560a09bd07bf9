"""Photos of faces on their way into a dataset."""

import stat
import warnings
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from typing import Self

from apps.data.faces.decode import UnreadableImage
from apps.data.faces.decode import check_image
from apps.data.tfds_files import FilesUnavailable

SPLITS = ("train", "val", "test")
OLDEST = 999
MOST_BYTES = 2**26
# More would bury the terminal, where a whole folder is missing.
MOST_NAMED = 100


@dataclass(frozen=True)
class Photo:
    """A face, not read yet: `read` returns the bytes of its file."""

    name: str
    age: float
    read: Callable[[], bytes]

    def __post_init__(self) -> None:
        # Put so that a NaN is an error.
        if not 0 <= self.age <= OLDEST:
            raise ValueError(
                f"{self.name} must have an age from 0 to {OLDEST}. Received: "
                f"{self.age}"
            )

    @classmethod
    def of_file(cls, folder: Path, name: str, age: float) -> Self:
        """A face in a file that others may have named."""
        return cls(name, age, partial(_read, folder, name))


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
        except (OSError, ValueError, UnreadableImage) as error:
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


def _read(folder: Path, name: str) -> bytes:
    """Bytes of a regular file that is really in the folder.

    The first folder of the name may be a link, which users make.
    """
    parts = Path(name).parts
    inside = folder.joinpath(*parts[:-1][:1]).resolve()
    path = (folder / name).resolve()
    leads_out = Path(name).is_absolute() or ".." in parts
    if leads_out or not path.is_relative_to(inside):
        raise OSError("it leads out of its folder")
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        raise OSError("it is no regular file")
    if found.st_size > MOST_BYTES:
        raise OSError(f"it has more than {MOST_BYTES} bytes")
    return path.read_bytes()


def listed(names: Sequence[str]) -> str:
    """The names, one on each line; a long list is cut, and says so."""
    lines = list(names[:MOST_NAMED])
    if len(names) > MOST_NAMED:
        lines.append(f"and {len(names) - MOST_NAMED} more")
    return "".join(f"\n  {line}" for line in lines)
