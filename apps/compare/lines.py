"""Finished runs, as lines of JSON."""

import json
from dataclasses import asdict
from dataclasses import replace
from pathlib import Path
from typing import Any

from apps.compare.problem import Problem
from apps.compare.problem import Training


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a file; none if it is not there.

    Raises:
        ValueError: If one is no JSON; names file and line.
    """
    if not path.exists():
        return []
    lines = []
    text = path.read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            lines.append(json.loads(line))
        except json.JSONDecodeError as error:
            raise ValueError(
                f"`output` must hold lines of JSON. Received: {path}, line "
                f"{number} ({error})"
            ) from error
    return lines


def read_folder(folder: Path) -> list[dict[str, Any]]:
    """The lines of a comparison, tries and runs, method by method.

    Raises:
        ValueError: If one is no JSON; names file and line.
    """
    return [
        line
        for path in sorted(folder.glob("*.jsonl"))
        for line in read_lines(path)
        if line.get("kind") in ("try", "run")
    ]


def is_of(
    line: dict[str, Any],
    problem: Problem,
    kind: str,
    settings: dict[str, Any],
    seed: int,
) -> bool:
    """Whether a line was made by this run."""
    own = {k: v for k, v in settings.items() if k in asdict(problem.training)}
    training: Training = replace(problem.training, **own)
    return (
        line["dataset"] == problem.name
        and line.get("data") == problem.digest
        and line["kind"] == kind
        and line["settings"] == settings
        and line["seed"] == seed
        and line["training"] == asdict(training)
    )
