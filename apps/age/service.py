"""Writes an age model as a SavedModel that takes pictures as they come.

    python -m apps.age.service MODEL.keras FOLDER IMAGE_SIZE

on the TensorFlow backend; `apps.age.serving.export_service` runs it, from any.
A layer of this app that a model needs has to be imported here, as Keras finds
only what is registered.
"""

import argparse
import zipfile
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

# Registers the classes of the file.
import keras_groupdir  # noqa: F401
from apps.common.flags import WHOLE
from apps.common.flags import refusing
from keras_groupdir.types import Tensor


def main(argv: list[str] | None = None) -> None:
    """Loads a `.keras` file and writes its SavedModel."""
    parser = argparse.ArgumentParser(prog="python -m apps.age.service")
    parser.add_argument("file", help="MODEL.keras")
    parser.add_argument("folder")
    parser.add_argument("image_size", type=WHOLE)
    arguments = parser.parse_args(argv)
    if not zipfile.is_zipfile(arguments.file):
        parser.error(
            f"`file` must be a .keras file. Received: {arguments.file}"
        )
    # The process that trained may hold all of a GPU's memory.
    tf.config.set_visible_devices([], "GPU")
    with refusing(parser):
        model = keras.saving.load_model(arguments.file, compile=False)
    write_service(model, arguments.folder, arguments.image_size)


def write_service(
    model: keras.Model, folder: str | Path, image_size: int
) -> None:
    """Writes a SavedModel with an endpoint for pixels and one for files.

    Args:
        model: Model from uint8 images to a dict with a `"prediction"`.
        folder: Folder to write.
        image_size: Height and width the model takes.
    """

    def serve(images: Tensor) -> dict[str, Tensor]:
        return answer(model(resize(images, image_size), training=False))

    def serve_jpeg(jpegs: Tensor) -> dict[str, Tensor]:
        images = decode(jpegs, image_size)
        return answer(model(images, training=False))

    archive = keras.export.ExportArchive()
    archive.track(model)
    # The first endpoint is the default one.
    archive.add_endpoint(
        "serve",
        serve,
        [tf.TensorSpec((None, None, None, 3), tf.uint8, name="images")],
    )
    archive.add_endpoint(
        "serve_jpeg",
        serve_jpeg,
        [tf.TensorSpec((None,), tf.string, name="jpegs")],
    )
    archive.write_out(str(folder), verbose=False)


def decode(jpegs: Tensor, image_size: int) -> Tensor:
    """Images out of JPEG (or PNG) files of any size.

    What is no such file fails the request and is named by its index. TensorFlow
    cannot be asked for more: it does not say which of some files is cut short,
    nor does it turn what EXIF says is rotated, so turn it before.

    Args:
        jpegs: What is in each file. Shape `(n,)`.
        image_size: Height and width wanted.

    Returns:
        uint8 images. Shape `(n, image_size, image_size, 3)`.
    """

    def decode_one(jpeg: Tensor) -> Tensor:
        # The accurate method is the one that Pillow uses.
        image = tf.io.decode_jpeg(
            jpeg, channels=3, dct_method="INTEGER_ACCURATE"
        )
        return resize(image, image_size)

    start = tf.strings.substr(jpegs, 0, 3)
    is_image = tf.logical_or(start == b"\xff\xd8\xff", start == b"\x89PN")
    named = "`jpegs` must be JPEG or PNG files. These are not, by index:"
    wrong = tf.where(tf.logical_not(is_image))[:, 0]
    with tf.control_dependencies(
        [tf.debugging.Assert(tf.reduce_all(is_image), [named, wrong])]
    ):
        jpegs = tf.identity(jpegs)
    # One at a time, as only the resized ones are of one shape.
    return tf.map_fn(
        decode_one,
        jpegs,
        fn_output_signature=tf.TensorSpec(
            (image_size, image_size, 3), tf.uint8
        ),
    )


def resize(images: Tensor, image_size: int) -> Tensor:
    """Resizes as Pillow's `BILINEAR` does, up to one grey level.

    Args:
        images: uint8. Shape `(n, height, width, 3)` or `(height, width, 3)`.
        image_size: Height and width wanted.

    Returns:
        uint8 images; those of the right size as they were.
    """
    resized = tf.image.resize(
        images, (image_size, image_size), "bilinear", antialias=True
    )
    return tf.cast(tf.clip_by_value(tf.round(resized), 0, 255), tf.uint8)


def answer(outputs: dict[str, Any]) -> dict[str, Tensor]:
    """What is served, of a model's outputs: see `serving.export_service`."""
    age = tf.reshape(outputs["prediction"], (-1,))
    if "group_logits" not in outputs:
        return {"age": age}
    logits = outputs["group_logits"]
    group = tf.argmax(logits, axis=-1, output_type=tf.int32)
    return {
        "age": age,
        "group": group,
        "group_probabilities": tf.nn.softmax(logits),
        "expert_value": tf.gather(
            outputs["expert_values"], group, axis=1, batch_dims=1
        ),
    }


if __name__ == "__main__":
    main()
