"""An estimator in two files: a Keras model, and JSON."""

import hashlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_groupdir.labels import LabelGroups
from keras_groupdir.version import __version__

# Stands in the JSON for a function, which files do not hold.
A_FUNCTION = "a function"


def save_parts(path: Any, model: keras.Model, estimator: Any) -> None:
    """Writes both files; over old ones, all is written or nothing.

    The JSON has a digest of the model, so that files of two estimators are
    not taken for one. While both are replaced, it holds the old estimator's,
    too.

    Args:
        path: File of the model, which ends in `.keras`.
        model: The estimator's.
        estimator: Whose parameters and attributes are written.
    """
    path = _checked(path)
    _check_replaced(path)
    params = estimator.get_params(deep=False)
    if params["encoder"] is not None:
        params["encoder"] = A_FUNCTION
    said = {
        "library": __version__,
        "params": params,
        "histories": estimator.histories_,
        "bins": estimator.bins_.get_config(),
        "n_features_in": int(estimator.n_features_in_),
        "feature_names_in": list(getattr(estimator, "feature_names_in_", []))
        or None,
    }
    try:
        json.dumps(said, default=_plain)
    except TypeError as error:
        raise ValueError(
            "`save` writes parameters as JSON, which has numbers, words, lists "
            f"and dicts alone. Received: {params} ({error})"
        ) from error
    with tempfile.TemporaryDirectory(
        dir=path.parent, prefix=f".{path.stem}_"
    ) as folder:
        parts = Path(folder) / "model.keras", Path(folder) / "estimator.json"
        model.save(parts[0])
        said["model"] = _digest(parts[0])
        before = _before(path)
        both = said if before is None else {**said, "before": before}
        _write(parts[1], both, path)
        parts[0].replace(path)
        _write(parts[1], said, path)


def load_parts(
    path: Any, kind: Any, encoder: Callable[[int], keras.Model] | None
) -> Any:
    """Reads both files.

    Args:
        path: File of the model.
        kind: Class of the estimator.
        encoder: In place of the function that is not stored, or `None`.
    """
    path = _checked(path)
    said, own = _read(path), _digest(path)
    if own != said["model"]:
        said = said.get("before") or said
    if own != said["model"]:
        raise ValueError(
            f"`path` must be a file that `save` wrote together with "
            f"{path.with_suffix('.json').name}. Received: another model in "
            f"{path.name}"
        )
    params = said["params"]
    if encoder is not None:
        params["encoder"] = encoder
    elif params["encoder"] is not None:
        params["encoder"] = _not_stored
    estimator = kind(**params)
    estimator.model_ = keras.saving.load_model(path)
    estimator.histories_ = said["histories"]
    estimator.bins_ = LabelGroups.from_config(said["bins"])
    estimator.n_features_in_ = said["n_features_in"]
    if said["feature_names_in"] is not None:
        names = np.asarray(said["feature_names_in"], dtype=object)
        estimator.feature_names_in_ = names
    return estimator


def _write(part: Path, said: dict[str, Any], path: Path) -> None:
    """Writes the JSON of a model, by way of another file."""
    text = json.dumps(said, indent=1, default=_plain) + "\n"
    part.write_text(text, encoding="utf-8")
    part.replace(path.with_suffix(".json"))


def _read(path: Path) -> dict[str, Any]:
    text = path.with_suffix(".json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def _check_replaced(path: Path) -> None:
    """Refuses to write over a JSON file that is somebody else's."""
    if not path.with_suffix(".json").exists():
        return
    try:
        is_ours = {"library", "params", "model"} <= _read(path).keys()
    except (ValueError, TypeError):
        is_ours = False
    if not is_ours:
        raise ValueError(
            "`path` must not stand beside a JSON file of the same name that "
            "`save` has not written and would replace. Received: "
            f"{path.with_suffix('.json')}"
        )


def _before(path: Path) -> dict[str, Any] | None:
    """What the JSON says of the model that is there, if both go together."""
    try:
        said, own = _read(path), _digest(path)
    except (OSError, ValueError, TypeError):
        return None
    found = (said.pop("before", None), said)
    return next((x for x in found if x and x.get("model") == own), None)


def _not_stored(num_columns: int) -> keras.Model:
    raise ValueError(
        "`encoder` was a function, which files do not hold: give it to `load` "
        "to fit again. Received: none"
    )


def _checked(path: Any) -> Path:
    path = Path(path)
    if path.suffix != ".keras":
        raise ValueError(f"`path` must end in .keras. Received: {path}")
    return path


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _plain(value: Any) -> Any:
    """Numbers and arrays of NumPy, which a search may have set."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is not JSON")
