"""Reads finished runs, and says what is missing in them."""

import json
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile
from zlib import error as ZlibError

import numpy as np

from apps.age.panels.run import GroupRun
from apps.age.panels.run import Run
from keras_groupdir import LabelGroups
from keras_groupdir.reports import color_at

RESULTS = "results.json"
PREDICTIONS = "predictions.npz"
NAMES = {"vanilla": "Vanilla", "groupdir": "Group-DIR"}
SETTINGS = ("dataset", "backbone", "image_size", "method")
ERRORS = ("prediction_mae", "val_prediction_mae")
ORACLE_ERRORS = ("oracle_mae", "val_oracle_mae")
ARRAYS = ("labels", "prediction", "train_labels")
# Beyond which nothing is an age, predicted or not.
OLDEST = 1e6
_REAL = "fiu"
GROUP_ARRAYS = ("group_edges", "group_logits")


def read_runs(folders: Sequence[str | Path]) -> list[Run]:
    """Reads runs to be drawn together; their names and colors differ.

    Args:
        folders: Each holds a `results.json` and a `predictions.npz`.

    Raises:
        ValueError: Names the file, and what is missing or wrong in it.
    """
    runs = [_read_run(Path(folder).resolve()) for folder in folders]
    for run in runs[1:]:
        _check_same_faces(run, runs[0])
    names = _told_apart([run.name for run in runs])
    return [
        replace(run, name=name, color=color_at(place))
        for place, (run, name) in enumerate(zip(runs, names, strict=True))
    ]


def _told_apart(names: Sequence[str]) -> list[str]:
    """Numbers the names that occur more than once.

    Examples:

    >>> _told_apart(["Group-DIR", "Vanilla", "Group-DIR"])
    ['Group-DIR 1', 'Vanilla', 'Group-DIR 2']
    """
    numbers = [
        names[: place + 1].count(name) for place, name in enumerate(names)
    ]
    return [
        name if names.count(name) == 1 else f"{name} {number}"
        for name, number in zip(names, numbers, strict=True)
    ]


def _read_run(folder: Path) -> Run:
    path = folder / RESULTS
    results = _read_json(path)
    # Older runs have their flags by the name of settings.
    flags = "flags" if "flags" in results else "settings"
    _check_keys(str(path), results, (flags, "history", "best_epoch"))
    settings, history = results[flags], results["history"]
    _check_keys(f"`{flags}` in {path}", settings, SETTINGS)
    for name in SETTINGS:
        kind = int if name == "image_size" else str
        if not isinstance(settings[name], kind):
            raise ValueError(f"{name!r} in {path} is {settings[name]!r}.")
    is_grouped = settings["method"].startswith("group")
    errors = (*ERRORS, *ORACLE_ERRORS) if is_grouped else ERRORS
    _check_keys(f"`history` in {path}", history, errors)
    _check_history(path, results, errors)
    arrays = _read_arrays(folder / PREDICTIONS, is_grouped)
    run = Run(
        name=NAMES.get(settings["method"], settings["method"]),
        color=color_at(0),
        folder=folder,
        settings=settings,
        history=history,
        best_epoch=results["best_epoch"],
        **{name: arrays[name] for name in ARRAYS},
    )
    if not is_grouped:
        return run
    groups = LabelGroups(arrays["group_edges"])
    return GroupRun(
        **vars(run), groups=groups, group_logits=arrays["group_logits"]
    )


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    if not isinstance(content, dict):
        raise ValueError(f"{path} must hold a JSON object.")
    return content


def _read_arrays(path: Path, is_grouped: bool) -> dict[str, np.ndarray]:
    try:
        with np.load(path) as file:
            arrays = dict(file)
    except (OSError, ValueError, EOFError, BadZipFile, ZlibError) as error:
        raise ValueError(f"{path} cannot be read: {error}") from error
    _check_keys(str(path), arrays, ARRAYS)
    size, train_size = (arrays[k].size for k in ("labels", "train_labels"))
    shapes: dict[str, tuple[int, ...]] = {
        "labels": (size,),
        "prediction": (size,),
        "train_labels": (train_size,),
    }
    if is_grouped:
        _check_keys(str(path), arrays, GROUP_ARRAYS)
        num_edges = arrays["group_edges"].size
        shapes["group_edges"] = (num_edges,)
        shapes["group_logits"] = (size, num_edges - 1)
    for name, shape in shapes.items():
        found = arrays[name]
        if (
            found.shape != shape
            or not found.size
            or found.dtype.kind not in _REAL
        ):
            raise ValueError(
                f"{name!r} in {path} must be numbers of shape {shape}, and at "
                f"least one. Received: {found.dtype} of shape {found.shape}"
            )
        if name == "group_logits":
            if np.isnan(found).any():
                raise ValueError(
                    f"{name!r} in {path} must be numbers, all of them: a face "
                    "with NaN is of no group."
                )
        elif not np.all(abs(found) <= OLDEST):
            raise ValueError(f"{name!r} in {path} must be ages, all of them.")
    return arrays


def _check_keys(
    where: str, content: Mapping[str, Any], needed: Sequence[str]
) -> None:
    if not isinstance(content, Mapping):
        raise ValueError(f"{where} must be an object. Received: {content!r}")
    missing = [name for name in needed if name not in content]
    if missing:
        raise ValueError(
            f"{where} has no {', '.join(map(repr, missing))}. It has: "
            f"{', '.join(map(repr, content)) or 'nothing'}"
        )


def _check_history(
    path: Path, results: Mapping[str, Any], errors: Sequence[str]
) -> None:
    lengths = {name: _length(results["history"][name]) for name in errors}
    best, epochs = results["best_epoch"], lengths[errors[0]]
    if set(lengths.values()) != {epochs} or best not in range(1, epochs + 1):
        raise ValueError(
            f"`history` in {path} must have as many errors of each kind, and "
            f"'best_epoch' be one of the epochs. Received: {lengths}, "
            f"best_epoch={best}"
        )


def _length(errors: Any) -> int:
    """How many errors there are; 0 if they are none."""
    is_list = isinstance(errors, list)
    are_errors = is_list and all(
        isinstance(x, float | int | None) for x in errors
    )
    return len(errors) if are_errors else 0


def _check_same_faces(run: Run, first: Run) -> None:
    for name in ("labels", "train_labels"):
        if not np.array_equal(getattr(run, name), getattr(first, name)):
            raise ValueError(
                f"{name!r} in {run.folder / PREDICTIONS} must be as in "
                f"{first.folder / PREDICTIONS}: only runs of the same faces "
                "can be drawn together."
            )
