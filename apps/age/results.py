"""What a finished run leaves behind."""

from pathlib import Path
from typing import Any

import keras
import numpy as np

from apps.age.balance import balanced_model
from apps.age.data import Faces
from apps.age.serving import check_service
from apps.age.serving import export_service
from apps.age.settings import Settings
from apps.age.settings import as_flags
from apps.age.weights import BINS
from apps.common.checkpoint import Checkpoint
from apps.common.results import write_json
from keras_groupdir import GroupRegressor
from keras_groupdir import LabelModel
from keras_groupdir import evaluate_shots
from keras_groupdir.evaluation import routed_predictions
from keras_groupdir.metrics import ShotTable

# Faces that the exported service is asked about, for a check.
PROBES = 8


def write_results(
    model: LabelModel,
    checkpoint: Checkpoint,
    faces: dict[str, Faces],
    settings: Settings,
    seconds: float,
) -> dict[str, Any]:
    """Evaluates the best epoch and writes the run's folder.

    Args:
        model: Model with the weights of the best epoch.
        checkpoint: History and best epoch.
        faces: Train, val and test faces.
        settings: Of the run.
        seconds: What training took here.

    Returns:
        The content of `results.json`.
    """
    folder = Path(settings.output)
    model, balance = balanced_model(model, faces, settings)
    tables = {
        name: _evaluate(model, faces, part)
        for name, part in (("validation", "val"), ("test", "test"))
    }
    print(f"\n{settings.method}, seed {settings.seed}, test set, in years:")
    print(tables["test"].to_text(metrics=("mae", "geometric_mean")))
    if settings.method == "groupdir":
        how = f", balanced with tau={balance['tau']:g}" if balance else ""
        print(f"\nPredictions use {settings.routing} routing{how}.")
    result = {
        "settings": as_flags(settings),
        "backend": keras.config.backend(),
        "keras": keras.version(),
        "seconds": round(seconds, 1),
        "best_epoch": checkpoint.best_epoch,
        "best_error": checkpoint.best_error,
        "history": _history(checkpoint),
        "balance": balance,
        **{name: table.as_dict() for name, table in tables.items()},
    }
    _write_predictions(folder / "predictions.npz", model, faces)
    temporary = folder / ".model.keras"
    model.save(temporary)
    temporary.replace(folder / "model.keras")
    export_service(model, folder / "service", settings.image_size)
    check_service(folder / "service", model, faces["test"].images[:PROBES])
    # Last: who finds it finds the rest as well.
    write_json(folder / "results.json", result)
    print(
        f"Best epoch {checkpoint.best_epoch}, {seconds:.0f} s. "
        f"Wrote {folder}/results.json, predictions.npz, model.keras, service/."
    )
    return result


def _evaluate(
    model: LabelModel, faces: dict[str, Faces], part: str
) -> ShotTable:
    return evaluate_shots(
        model,
        faces[part].images,
        faces[part].ages,
        faces["train"].ages,
        BINS,
        verbose=0,
    )


def _history(checkpoint: Checkpoint) -> dict[str, Any]:
    """Errors per epoch, the oracle's by a name of its own."""
    return {
        name.replace("expert_values_oracle_mae", "oracle_mae"): values
        for name, values in checkpoint.history.items()
    }


def _write_predictions(
    path: Path, model: LabelModel, faces: dict[str, Faces]
) -> None:
    """Test set predictions by every routing, for the report."""
    labels = faces["test"].ages
    outputs = model.predict_outputs(faces["test"].images, verbose=0)
    del outputs["embedding"]
    arrays: dict[str, Any] = {
        **outputs,
        "prediction": outputs["prediction"].reshape(-1),
        "labels": labels,
        "train_labels": faces["train"].ages,
    }
    if isinstance(model, GroupRegressor):
        arrays["group_edges"] = model.groups.edges
        arrays |= routed_predictions(model, outputs, labels)
    temporary = path.with_name(f".{path.name}")
    with temporary.open("wb") as file:
        np.savez(file, **arrays)
    temporary.replace(path)
