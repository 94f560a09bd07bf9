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
    """Writes both files, each whole or not at all.

    The JSON has a digest of the model, so that files of two estimators are
    not taken for one.

    Args:
        path: File of the model, which ends in `.keras`.
        model: The estimator's.
        estimator: Whose parameters and attributes are written.
    """
    path = _checked(path)
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
        parts[1].write_text(
            json.dumps(said, indent=1, default=_plain) + "\n", encoding="utf-8"
        )
        parts[0].replace(path)
        parts[1].replace(path.with_suffix(".json"))


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
    said = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    if _digest(path) != said["model"]:
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
