"""Peak memory of a call, on Linux."""

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

_PROCESS = Path("/proc/self")


def peak_memory(run: Callable[[], Any]) -> float | None:
    """Calls `run` and measures how far the process grows meanwhile.

    Memory that the process holds but does not use is given back first, or the
    call could fill it unseen.

    Args:
        run: Function to call once.

    Returns:
        Megabytes (10**6 bytes) above the start, or None where the kernel does
        not tell (anything but Linux); then `run` is called as well.
    """
    if not (_PROCESS / "clear_refs").exists():
        run()
        return None
    ctypes.CDLL(None).malloc_trim(0)
    # 5 sets the high-water mark back to the present size.
    (_PROCESS / "clear_refs").write_text("5")
    before = _status("VmRSS")
    run()
    return (_status("VmHWM") - before) * 1024 / 1e6


def _status(name: str) -> int:
    lines = (_PROCESS / "status").read_text().splitlines()
    (line,) = (x for x in lines if x.startswith(f"{name}:"))
    return int(line.split()[1])
