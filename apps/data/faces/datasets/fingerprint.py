"""A short text that changes when files change."""

import hashlib
from collections.abc import Sequence
from pathlib import Path


def fingerprint(path: Path, patterns: Sequence[str] = ("*",)) -> str:
    """Digest of a file, or of the files and folders in a folder.

    Names, sizes and times of the last change count, not contents, which would
    take minutes to read. Of a folder, the time changes when a file in it is
    added or removed.

    Args:
        path: A file or a folder.
        patterns: What counts in the folder, as for `Path.glob`. Defaults to
            all that is directly in it.

    Returns:
        16 hexadecimal digits.
    """
    if path.is_file():
        path, patterns = path.parent, [path.name]
    digest = hashlib.sha256()
    for entry in sorted(e for p in patterns for e in path.glob(p)):
        stat = entry.stat()
        # The size of a folder says nothing, and not everywhere the same.
        size = 0 if entry.is_dir() else stat.st_size
        name = entry.relative_to(path)
        digest.update(f"{name}\0{size}\0{stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]
