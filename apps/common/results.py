"""Results files that are whole or not there."""

import csv
import io
import json
import os
from pathlib import Path
from typing import Any

from apps.common.lock import locked


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
        probe = _beside(path)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise ValueError(
            f"`{name}` must be a file that can be written. Received: {path} "
            f"({error})"
        ) from error
    return path


def write_text(path: str | Path, text: str) -> None:
    """Writes to a temporary file beside `path`, then renames it."""
    path = Path(path)
    temporary = _beside(path)
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def write_json(path: str | Path, content: Any) -> None:
    """Writes JSON; a reader sees the old file or the new one."""
    write_text(path, json.dumps(content, indent=1, allow_nan=False) + "\n")


def append_json_line(path: str | Path, content: Any) -> None:
    """Adds one line of JSON; a reader sees the old file or the new one.

    Processes that add to the same file wait for each other.
    """
    path = Path(path)
    line = json.dumps(content, allow_nan=False) + "\n"
    with locked(path):
        write_text(path, _text(path) + line)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")


def append_csv_row(path: str | Path, row: dict[str, Any]) -> None:
    """Adds a row, after a header if the file is new; all or nothing.

    Processes that add to the same file wait for each other.
    """
    path = Path(path)
    with locked(path):
        old = _text(path)
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, list(row), lineterminator="\n")
        if not old:
            writer.writeheader()
        writer.writerow(row)
        write_text(path, old + text.getvalue())


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""
