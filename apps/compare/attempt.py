"""One run, or why it could not be made."""

import time
from typing import Any

from apps.compare.describe import describe
from apps.compare.problem import Problem
from apps.compare.run import run


def attempt(
    problem: Problem,
    kind: str,
    method: str,
    settings: dict[str, Any],
    seed: int,
    splits: tuple[str, ...],
    verbose: Any = 0,
) -> dict[str, Any]:
    """Makes a line of results, also if the method does not suit the data.

    Args:
        problem: The data set.
        kind: What the line is for.
        method: See `run`, as for the others.
        settings: See `run`.
        seed: See `run`.
        splits: See `run`.
        verbose: See `run`.

    Returns:
        What `run` returns; or, where it raises a `ValueError`, a line without
        results that counts as diverged, with the message as its `"error"`.

    Raises:
        ValueError: If it is the settings that are wrong.
    """
    started = time.perf_counter()
    try:
        line = run(problem, method, settings, seed, splits, verbose)
    except ValueError as error:
        line = {
            **describe(problem, method, settings, seed),
            "seconds": round(time.perf_counter() - started, 1),
            "diverged": True,
            "best_epoch": None,
            "best_error": None,
            "routing": None,
            "error": str(error),
        }
    return {"kind": kind, **line}
