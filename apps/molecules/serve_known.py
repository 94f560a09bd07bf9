"""The model that is kept, and what it says of molecules that all know."""

from pathlib import Path

import keras
import numpy as np

from apps.common.results import whole_file
from apps.common.serving import check_served
from apps.common.serving import serve
from apps.data.molecules.data import KNOWN
from apps.data.molecules.data import MoleculeData
from apps.molecules.serving import export_smiles_model
from keras_groupdir.models import LabelModel

HEADER = ["molecule", "SMILES", "measured (K)", "predicted (K)"]


def serve_known(
    folder: Path, model: LabelModel, data: MoleculeData
) -> list[list[str]]:
    """Writes a model, reloads it, and asks it for known molecules.

    On TensorFlow that is a SavedModel which takes SMILES, loaded by TensorFlow
    alone in a process of its own; on other backends a `.keras` file.

    Args:
        folder: Where to write.
        model: Trained on numbers of characters.
        data: With the molecules, which were in no split.

    Returns:
        A table: `HEADER`, then a row for each molecule.

    Raises:
        RuntimeError: If the SavedModel predicts something else than the model.
    """
    known, test = data.known, data.splits["test"]
    smiles = np.concatenate([known.smiles, test.smiles])
    predicted = model.predict(
        data.characters.encode(smiles), batch_size=len(smiles), verbose=0
    )
    if keras.config.backend() == "tensorflow":
        path = folder / "smiles_model"
        export_smiles_model(path, model, data.characters)
        served = serve(path, smiles)
        worst = check_served(path, served, predicted)
        predicted = served
        print(
            f"Its SavedModel, {path}, takes SMILES; reloaded, it predicts the "
            f"same, to {worst:.1e} of the largest."
        )
    else:
        path = folder / "model.keras"
        with whole_file(path) as temporary:
            model.save(temporary)
        print(
            f"It is in {path}; a SavedModel that takes SMILES as strings "
            "needs the TensorFlow backend."
        )
    return [
        HEADER,
        *(
            [KNOWN[cas], text, f"{measured:.0f}", f"{own:.0f}"]
            for cas, text, measured, own in zip(
                known.cas.tolist(),
                known.smiles.tolist(),
                known.kelvin,
                predicted[: len(known), 0],
                strict=True,
            )
        ),
    ]
