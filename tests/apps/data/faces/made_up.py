"""Faces made of noise, with ages that can be seen in them."""

import io

import numpy as np
from PIL import Image

from apps.data.faces.data import Faces


def made_up_faces(count, size=16, seed=0):
    """Images that are brighter the older the face."""
    rng = np.random.default_rng(seed)
    ages = rng.integers(1, 100, count).astype("float32")
    noise = rng.integers(0, 40, (count, size, size, 3))
    images = np.clip(2 * ages[:, None, None, None] + noise, 0, 255)
    return Faces(images.astype("uint8"), ages)


def write_archive(path, count=64, size=24, seed=0):
    """An .npz in the form of UTKFace's, of JPEG bytes."""
    faces = made_up_faces(count, size, seed)
    files = []
    for image in faces.images:
        file = io.BytesIO()
        Image.fromarray(image).save(file, format="JPEG", quality=95)
        files.append(file.getvalue())
    split = np.array(["train"] * (count - 2 * (count // 4)))
    held_out = [["val"] * (count // 4), ["test"] * (count // 4)]
    np.savez(
        path,
        blob=np.frombuffer(b"".join(files), "uint8"),
        offsets=np.cumsum([0, *map(len, files)]),
        age=faces.ages.astype("int64"),
        split=np.concatenate([split, *held_out]),
    )
    return path
