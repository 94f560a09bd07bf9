"""A SavedModel that takes SMILES, as strings."""

from pathlib import Path
from typing import Any

import keras

from apps.common.results import folder_beside
from apps.data.molecules.characters import Characters


def export_smiles_model(
    folder: Path, model: keras.Model, characters: Characters
) -> None:
    """Writes a SavedModel from SMILES, shape `(batch,)`, to temperatures.

    It holds the table of characters, so that who serves it needs TensorFlow
    alone. The old folder is replaced when the new one is whole.

    Args:
        folder: Where to write it.
        model: Trained on numbers of characters, on TensorFlow.
        characters: What made these numbers.
    """
    import tensorflow as tf

    inner = keras.Model(model.input, model.output["prediction"])
    table = tf.constant(characters.table)

    def predict(smiles: Any) -> Any:
        # Cut, and filled up with zero bytes, as `Characters.encode` does.
        codes = tf.io.decode_raw(
            smiles, tf.uint8, fixed_length=characters.length
        )
        return inner(tf.gather(table, tf.cast(codes, "int32")), training=False)

    archive = keras.export.ExportArchive()
    archive.track(inner)
    strings = tf.TensorSpec((None,), tf.string, name="smiles")
    archive.add_endpoint("serve", predict, [strings])
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder_beside(folder) as temporary:
        archive.write_out(temporary / "new", verbose=False)
        if folder.exists():
            folder.rename(temporary / "old")
        (temporary / "new").rename(folder)
