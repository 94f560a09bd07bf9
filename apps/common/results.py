"""Results files that are whole or not there."""

import csv
import io
import json
import math
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock


def check_writable(name: str, path: str | Path) -> Path:
    """Makes the folder of a results file and tries to write there.

    Call it before training: hours of it should not end at a typo.

    Args:
        name: The argument that named the file, for the message.
        path: The file.

    Raises:
        ValueError: If nothing can be written there.
    """
    path = Path(path)
    try:
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


@contextmanager
def whole_file(path: str | Path) -> Iterator[Path]:
    """A path to write to, of the same name; takes its place at the end.

    It lies in a new folder beside `path`, where nobody can have put a link. If
    writing fails, the old file stays and nothing else does.

    Args:
        path: The file, in a folder that is there.
    """
    path = Path(path)
    with tempfile.TemporaryDirectory(
        dir=path.parent, prefix=f".{path.name}."
    ) as folder:
        temporary = Path(folder) / path.name
        yield temporary
        temporary.replace(path)


def write_text(path: str | Path, text: str) -> None:
    """Writes text; a reader sees the old file or the new one."""
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_json(path: str | Path, content: Any) -> None:
    """Writes JSON; NaN and infinity, which JSON has not, become null."""
    write_text(path, _to_json(content, indent=1))


def append_json_line(path: str | Path, content: Any) -> None:
    """Adds one line of JSON, as `write_json` would write it.

    Processes that add to the same file wait for each other.
    """
    _append(path, _to_json(content))


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


def _to_json(content: Any, indent: int | None = None) -> str:
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
