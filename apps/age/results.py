"""What a finished run leaves behind."""

from pathlib import Path
from typing import Any

import keras
import numpy as np

from apps.age.serving import check_service
from apps.age.serving import export_service
from apps.age.settings import Settings
from apps.age.settings import as_flags
from apps.common.checkpoint import Checkpoint
from apps.common.results import whole_file
from apps.common.results import write_json
from apps.data.faces.data import Faces
from apps.data.faces.task import BINS
from apps.data.faces.task import face_task
from keras_groupdir import GroupRegressor
from keras_groupdir import LabelModel
from keras_groupdir import evaluate_shots
from keras_groupdir.models import fit_group_weights

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
    folder, test = Path(settings.output), faces["test"]
    model, correction = _corrected(model, faces, settings)
    validation, tested = (
        evaluate_shots(
            model, part.images, part.ages, faces["train"].ages, BINS, verbose=0
        )
        for part in (faces["val"], test)
    )
    print(f"\n{settings.method}, seed {settings.seed}, test set, in years:")
    print(tested.to_text(metrics=("mae", "geometric_mean")))
    if isinstance(model, GroupRegressor):
        print(f"\nPredictions use {model.head.routing} routing: {tested.own}.")
    result = {
        "method": settings.method,
        "seed": settings.seed,
        "settings": settings.settings,
        "flags": as_flags(settings),
        "backend": keras.config.backend(),
        "keras": keras.version(),
        "seconds": round(seconds, 1),
        "best_epoch": checkpoint.best_epoch,
        "best_error": checkpoint.best_error,
        "history": _history(checkpoint),
        "prior_correction": correction,
        "routing": tested.own,
        "validation": validation.as_dict(),
        "test": tested.as_dict(),
    }
    _write_predictions(folder / "predictions.npz", model, faces)
    with whole_file(folder / "model.keras") as temporary:
        model.save(temporary)
    export_service(model, folder / "service", settings.image_size)
    check_service(folder / "service", model, test.images[:PROBES])
    # Last: who finds it finds the rest as well.
    write_json(folder / "results.json", result)
    print(
        f"Best epoch {checkpoint.best_epoch}, {seconds:.0f} s. "
        f"Wrote {folder}/results.json, predictions.npz, model.keras, service/."
    )
    return result


def _corrected(
    model: LabelModel, faces: dict[str, Faces], settings: Settings
) -> tuple[LabelModel, dict[str, Any]]:
    """The model to use, and what validation made of its routing."""
    finish = settings.recipe.finish
    if finish is None and (
        settings.prior_correction == "none"
        or not isinstance(model, GroupRegressor)
        or model.head.group_weights is not None
    ):
        return model, {}
    val, weigh = faces["val"], settings.recipe.stages[-1].weigh
    # As recipes do: what counts more in training does here, too.
    task = face_task(faces["train"].ages, faces["val"].ages)
    counts = None if weigh is None else weigh(val.ages, task)
    if finish is not None:
        chosen = finish(model, val.images, val.ages, task.labels, counts)
        print(f"By validation: {chosen.said}")
        return chosen.model, chosen.settings
    fitted = fit_group_weights(model, val.images, val.ages, counts, verbose=0)
    print(f"By validation: {fitted.said}")
    errors = {"error": fitted.error, "error_before": fitted.error_before}
    return fitted.model, {**fitted.settings, **errors}


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
    images, labels = faces["test"].images, faces["test"].ages
    outputs = model.predict_outputs(images, verbose=0)
    arrays: dict[str, Any] = {
        **{k: v for k, v in outputs.items() if not k.startswith("embedding")},
        "prediction": outputs["prediction"].reshape(-1),
        "labels": labels,
        "train_labels": faces["train"].ages,
    }
    if isinstance(model, GroupRegressor):
        arrays["group_edges"] = model.groups.edges
        arrays |= model.predict_rows(images, labels, verbose=0).predictions
    with whole_file(path) as temporary:
        np.savez(temporary, **arrays)
