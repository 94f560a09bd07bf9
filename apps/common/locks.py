"""Locks between processes, which say who holds them."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock
from filelock import Timeout


@contextlib.contextmanager
def held_alone(path: Path, waits: bool) -> Iterator[None]:
    """Holds a lock, which goes with its process, whatever ends that.

    Args:
        path: The lock; its file stays.
        waits: Whether to wait for who holds it, after saying so.

    Raises:
        ValueError: If another process holds it, and `waits` is false.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        holder = path.read_text(encoding="utf-8") or "unknown"
        said = f"process {holder} holds {path}"
        if not waits:
            raise ValueError(f"Another run is there: {said}.") from error
        print(f"Waiting for another run: {said}.", flush=True)
        lock.acquire()
    try:
        path.write_text(str(os.getpid()), encoding="utf-8")
        yield
    finally:
        lock.release()
