"""One process at a time."""

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Seconds that a lock stays the same before its process is taken for dead.
STALE_AFTER = 60.0
WAIT = 0.01


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keeps other processes out that lock the same path.

    The lock is a file beside `path`. One that a killed process has left is
    removed after a minute.

    Args:
        path: What is written in the meantime, by a quick change: a lock held
            for a minute is as good as none.
    """
    lock = path.with_name(f".{path.name}.lock")
    own = f"{os.getpid()} {uuid.uuid4()}"
    seen, since = "", time.monotonic()
    while not _made(lock, own):
        held = _read(lock)
        if held != seen:
            seen, since = held, time.monotonic()
        elif time.monotonic() - since > STALE_AFTER:
            lock.unlink(missing_ok=True)
        time.sleep(WAIT)
    try:
        yield
    finally:
        # If this took too long, the lock is another's by now.
        if _read(lock) == own:
            lock.unlink(missing_ok=True)


def _made(lock: Path, own: str) -> bool:
    try:
        with lock.open("x", encoding="utf-8") as file:
            file.write(own)
    except FileExistsError:
        return False
    return True


def _read(lock: Path) -> str:
    try:
        return lock.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
