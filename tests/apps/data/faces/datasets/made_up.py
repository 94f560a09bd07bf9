"""Made-up faces: images of one colour, and files of the datasets' forms."""

import datetime
import io

import numpy as np
import scipy.io
import tensorflow_datasets as tfds
from PIL import Image

SPLITS = {"train": "train", "val": "validation", "test": "test"}


def jpeg(color, size=16):
    """A square of one colour, as the bytes of a file."""
    file = io.BytesIO()
    Image.new("RGB", (size, size), color).save(file, "JPEG", quality=95)
    return file.getvalue()


def gray(number):
    """A gray of its own for each number below 64."""
    return (4 * number,) * 3


def write_archive(path, ages, splits, images=None):
    """The .npz form of UTKFace."""
    images = images or [jpeg(gray(row)) for row in range(len(ages))]
    offsets = np.cumsum([0, *map(len, images)])
    blob = np.frombuffer(b"".join(images), dtype="uint8")
    np.savez(
        path,
        blob=blob,
        offsets=offsets,
        age=np.array(ages, "int16"),
        split=np.array(splits),
    )


def write_labels(path, rows):
    """The csv form of the DIR benchmarks, from (age, path, split)."""
    lines = [
        ",".join(map(str, row)) for row in [("age", "path", "split"), *rows]
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_images(folder, names):
    """An image for each name; the first is black, the next lighter."""
    for row, name in enumerate(names):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg(gray(row % 64)))


def write_metadata(folder, part, paths, dob, photo_taken, score, second):
    """A .mat of the form that comes with IMDB-WIKI."""
    full_path = np.empty((1, len(paths)), dtype=object)
    full_path[0] = [np.array([path]) for path in paths]
    table = {
        "full_path": full_path,
        "dob": np.array([dob], dtype="int32"),
        "photo_taken": np.array([photo_taken], dtype="uint16"),
        "face_score": np.array([score], dtype="float64"),
        "second_face_score": np.array([second], dtype="float64"),
    }
    folder.mkdir(parents=True, exist_ok=True)
    scipy.io.savemat(folder / f"{part}.mat", {part: table})


def datenum(year, month, day):
    """How Matlab counts days: 719,529 is the first of January 1970."""
    since_1970 = datetime.date(year, month, day) - datetime.date(1970, 1, 1)
    return 719_529 + since_1970.days


def write_imdb_wiki(folder, num_faces=6):
    """Both parts unpacked: of three faces, two are 40 and one is 20."""
    for part, count in (("imdb", num_faces), ("wiki", num_faces // 2)):
        paths = [f"{row:02}/face.jpg" for row in range(count)]
        born = [1980 if row % 3 == 2 else 1960 for row in range(count)]
        crop = folder / f"{part}_crop"
        write_images(crop, paths)
        write_metadata(
            crop,
            part,
            paths,
            dob=[datenum(year, 1, 1) for year in born],
            photo_taken=[2000] * count,
            score=[3.0] * count,
            second=[float("nan")] * count,
        )


def prepare(builder_class, folder, **config):
    """A dataset prepared without TensorFlow."""
    builder = builder_class(data_dir=folder)
    builder.download_and_prepare(
        file_format="array_record",
        download_config=tfds.download.DownloadConfig(**config),
    )
    return builder


def examples(builder, split):
    """Undecoded examples of a split, under the benchmarks' name of it."""
    decoders = {"image": tfds.decode.SkipDecoding()}
    return list(builder.as_data_source(SPLITS[split], decoders=decoders))


def names(builder, split):
    return [row["name"].decode() for row in examples(builder, split)]


def ages(builder, split):
    return [float(row["age"]) for row in examples(builder, split)]
