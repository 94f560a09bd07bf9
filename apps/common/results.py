"""Results files that are whole or not there."""

import csv
import glob
import io
import json
import math
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock
from filelock import Timeout

LOCK = "lock"
# Seconds from when a folder is made until it is locked, at most.
TO_LOCK = 60.0


def check_writable(name: str, path: str | Path, suffix: str = "") -> Path:
    """Makes the folder of a results file and tries to write there.

    Call it before training: hours of it should not end at a typo.

    Args:
        name: The argument that named the file, for the message.
        path: The file.
        suffix: What its name must end in. Defaults to anything.

    Raises:
        ValueError: If nothing can be written there.
    """
    path = Path(path)
    try:
        if path.suffix != (suffix or path.suffix):
            raise OSError(f"its name must end in {suffix}")
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            raise IsADirectoryError("it is a folder")
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise ValueError(
            f"`{name}` must be a file that can be written. Received: {path} "
            f"({error})"
        ) from error
    return path


def check_folder(name: str, path: str | Path) -> Path:
    """Refuses a file where a folder of results is asked for.

    Args:
        name: The argument that named the folder, for the message.
        path: The folder, there or not.

    Raises:
        ValueError: If it is a file, or would be inside of one.
    """
    path = Path(path)
    for one in (path, *path.parents):
        if one.exists() and not one.is_dir():
            raise ValueError(
                f"`{name}` must be a folder, not a file. Received: {path}"
                + (f", where {one} is a file" if one != path else "")
            )
    return path


@contextmanager
def whole_file(path: str | Path) -> Iterator[Path]:
    """A path to write to, of the same name; takes its place at the end.

    If writing fails, the old file stays and nothing else does.

    Args:
        path: The file, in a folder that is there.
    """
    path = Path(path)
    with folder_beside(path) as folder:
        temporary = folder / path.name
        yield temporary
        temporary.replace(path)


@contextmanager
def folder_beside(path: Path) -> Iterator[Path]:
    """A new folder, where nobody can have put a link; is removed at the end.

    So are those that a killed process has left: nobody holds their locks.

    Args:
        path: What is made in it, and will take the place of.
    """
    prefix = f".{path.name}."
    for left in path.parent.glob(f"{glob.escape(prefix)}*.tmp"):
        with suppress(Timeout, OSError):
            _remove_left(left)
    with (
        tempfile.TemporaryDirectory(
            # Another process may be at it, too, once it is not locked.
            ".tmp",
            prefix,
            path.parent,
            ignore_cleanup_errors=True,
        ) as folder,
        FileLock(f"{folder}/{LOCK}"),
    ):
        yield Path(folder)


def _remove_left(folder: Path) -> None:
    """Removes what `folder_beside` made in a process that is dead."""
    if folder.is_symlink():
        return
    # Nothing is written before the lock is held: a folder with nothing in it
    # may be that of a process that has yet to lock it.
    is_empty = all(one.name == LOCK for one in folder.iterdir())
    if is_empty and time.time() - folder.stat().st_mtime < TO_LOCK:
        return
    with FileLock(folder / LOCK, timeout=0):
        shutil.rmtree(folder)


def read_json_lines(path: Path) -> list[dict[str, Any]]:
    """Lines of `append_json_line`; none if the file is not there yet."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def write_text(path: str | Path, text: str) -> None:
    """Writes text; a reader sees the old file or the new one."""
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: str | Path, content: Any) -> None:
    """Writes what `to_json` makes."""
    write_text(path, to_json(content, indent=1))


def append_json_line(path: str | Path, content: Any) -> None:
    """Adds one line of JSON, as `write_json` would write it.

    Processes that add to the same file wait for each other.
    """
    _append(path, to_json(content))


def append_csv_row(path: str | Path, row: dict[str, Any]) -> None:
    """Adds a row, after a header if the file is new; all or nothing.

    Processes that add to the same file wait for each other.
    """
    header, line = (_to_csv_line(cells) for cells in (row.keys(), row.values()))
    _append(path, line, header)


def _append(path: str | Path, line: str, header: str = "") -> None:
    path = Path(path)
    # The lock goes with its process; its empty file stays.
    with FileLock(path.with_name(f".{path.name}.lock")):
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        write_text(path, (old or header) + line)


def to_json(content: Any, indent: int | None = None) -> str:
    """JSON; NaN and infinity, which it has not, become null."""
    text = json.dumps(_finite(content), indent=indent, allow_nan=False)
    return f"{text}\n"


def _to_csv_line(cells: Any) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerow(cells)
    return text.getvalue()


def _finite(content: Any) -> Any:
    if isinstance(content, dict):
        return {name: _finite(value) for name, value in content.items()}
    if isinstance(content, list | tuple):
        return [_finite(value) for value in content]
    if isinstance(content, np.generic):
        content = content.item()
    if isinstance(content, float) and not math.isfinite(content):
        return None
    return content
