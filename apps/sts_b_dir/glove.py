"""GloVe word vectors from the official text, its zip, or an npz."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import keras
import numpy as np

URL = "https://nlp.stanford.edu/data/glove.840B.300d.zip"


def download_glove() -> Path:
    """Fetches the paper's GloVe 840B (2 GB) once, through Keras's cache."""
    try:
        return Path(keras.utils.get_file(origin=URL))
    except Exception as error:
        raise SystemExit(
            f"Could not download {URL} ({error}).\n"
            "Give a file with --glove: a GloVe .txt or .zip from "
            "https://nlp.stanford.edu/projects/glove, or an .npz."
        ) from error


def load_glove(path: str | Path, wanted: list[str]) -> dict[str, np.ndarray]:
    """Reads the vectors of the words that are wanted.

    A word that is not there as it is written is looked up in lower case, so
    that cased and uncased files both serve.

    Args:
        path: `.txt` (word and numbers a line), `.zip` with one such file, or
            `.npz` with `words` (or `words.txt` beside it) and one array of
            vectors (`vectors`, or the widest `vec*`).
        wanted: Words to look up.

    Returns:
        Word to vector, float32, for the words that were found.

    Raises:
        ValueError: If the file is empty, of mixed width or of unknown kind.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"`glove` must be a file. Received: {path}")
    forms = set(wanted) | {word.lower() for word in wanted}
    if path.suffix == ".npz":
        found = _read_npz(path, forms)
    elif path.suffix == ".zip":
        found = _read_zip(path, forms)
    elif path.suffix == ".txt":
        with path.open(encoding="utf-8") as file:
            found = _read_lines(file, forms, path)
    else:
        raise ValueError(
            f"`glove` must be a .txt, .zip or .npz file. Received: {path}"
        )
    vectors = {
        word: found.get(word, found.get(word.lower())) for word in wanted
    }
    return {word: v for word, v in vectors.items() if v is not None}


def embedding_table(
    words: list[str], vectors: dict[str, np.ndarray], seed: int
) -> np.ndarray:
    """Rows for an embedding layer: zeros for padding, noise for the unknown.

    Args:
        words: The vocabulary; its first entry is the padding.
        vectors: Vectors of the words that have one.
        seed: Seed of the noise, which is as wide as the vectors are.

    Returns:
        Table, float32. Shape `(len(words), width)`.
    """
    if not vectors:
        raise ValueError("`vectors` must not be empty: no word was found.")
    known = np.stack(list(vectors.values()))
    rng = np.random.default_rng(seed)
    table = rng.normal(0, known.std(), (len(words), known.shape[1]))
    table[0] = 0
    for row, word in enumerate(words):
        if word in vectors:
            table[row] = vectors[word]
    return table.astype("float32")


def _read_zip(path: Path, forms: set[str]) -> dict[str, np.ndarray]:
    with zipfile.ZipFile(path) as archive:
        names = [n for n in archive.namelist() if n.endswith(".txt")]
        if len(names) != 1:
            raise ValueError(
                "`glove` zip must hold one .txt file; unpack it and give one. "
                f"Received: {path} with {names}"
            )
        with archive.open(names[0]) as file:
            lines = io.TextIOWrapper(file, encoding="utf-8")
            return _read_lines(lines, forms, path)


def _read_lines(
    lines: Iterator[str], forms: set[str], path: Path
) -> dict[str, np.ndarray]:
    found = {}
    width = None
    for number, line in enumerate(lines, start=1):
        # Words of GloVe 840B may hold spaces: count the numbers instead.
        if width is None:
            width = len(line.split(" ")) - 1
        word, *values = line.rstrip("\n").rsplit(" ", width)
        wrong = len(values) != width or not _is_number(values[0])
        if wrong or (" " in word and _is_number(word.rsplit(" ", 1)[1])):
            raise ValueError(
                f"`glove` must have {width} numbers a line. Received another "
                f"width at {path}, line {number}."
            )
        if word in forms:
            found[word] = np.array(values, dtype="float32")
    if width is None:
        raise ValueError(f"`glove` must not be empty. Received: {path}")
    return found


def _read_npz(path: Path, forms: set[str]) -> dict[str, np.ndarray]:
    with np.load(path) as archive:
        names = [n for n in archive.files if archive[n].ndim == 2]
        if not names:
            raise ValueError(
                "`glove` npz must hold a 2-D array of vectors. "
                f"Received: {path} with {archive.files}"
            )
        vectors = max((archive[n] for n in names), key=lambda v: v.shape[1])
        if "words" in archive.files:
            words = archive["words"].tolist()
        else:
            listed = (path.parent / "words.txt").read_text(encoding="utf-8")
            words = listed.splitlines()
    if len(words) != len(vectors):
        raise ValueError(
            "`glove` npz must have one vector a word. Received: "
            f"{len(words)} words and {len(vectors)} vectors in {path}"
        )
    return {
        word: vector.astype("float32")
        for word, vector in zip(words, vectors, strict=True)
        if word in forms
    }


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
