"""GloVe word vectors from the official text, its zip, or an npz."""

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from itertools import islice
from itertools import takewhile
from pathlib import Path
from typing import Any

import keras
import numpy as np

from apps.data.parse_number import parse_number

URL = "https://nlp.stanford.edu/data/glove.840B.300d.zip"
SHA256 = "c06db255e65095393609f19a4cfca20bf3a71e20cc53e892aafa490347e3849f"


def download_glove() -> Path:
    """Fetches the paper's GloVe 840B (2 GB) once, through Keras's cache."""
    try:
        return Path(keras.utils.get_file(origin=URL, file_hash=SHA256))
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
            `.npz` with an array of vectors (the widest, if there are several)
            and `words`, or `words.txt` beside it.
        wanted: Words to look up.

    Returns:
        Word to vector, float32, for the words that were found.

    Raises:
        ValueError: If the file is missing, empty, of mixed width, damaged or
            of unknown kind.
    """
    path = Path(path)
    if not path.is_file():
        raise ValueError(f"`glove` must be a file. Received: {path}")
    if path.suffix in (".npz", ".zip") and not zipfile.is_zipfile(path):
        raise ValueError(
            "`glove` must be a whole archive. Received a damaged one, perhaps "
            f"a download that broke off; remove it: {path}"
        )
    forms = set(wanted) | {word.lower() for word in wanted}
    try:
        found = _read(path, forms)
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise ValueError(
            f"`glove` must be a whole file. Received: {path} ({error})"
        ) from error
    for word, vector in found.items():
        if not np.isfinite(vector).all():
            raise ValueError(
                "`glove` must have vectors of finite numbers. Received: "
                f"{path}, where that of {word!r} is not"
            )
    if not found:
        raise ValueError(
            "`glove` must have vectors of words that are asked for. Received: "
            f"{path}, which has none"
        )
    vectors = {
        word: found.get(word, found.get(word.lower())) for word in wanted
    }
    return {word: v for word, v in vectors.items() if v is not None}


def _read(path: Path, forms: set[str]) -> dict[str, np.ndarray]:
    if path.suffix == ".npz":
        return _read_npz(path, forms)
    if path.suffix == ".zip":
        return _read_zip(path, forms)
    if path.suffix == ".txt":
        with path.open("rb") as file:
            return _read_lines(file, forms, path)
    raise ValueError(
        f"`glove` must be a .txt, .zip or .npz file. Received: {path}"
    )


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
        member: Any = archive.open(names[0])
        # Twice as fast as the lines of the member itself.
        with io.BufferedReader(member) as file:
            return _read_lines(file, forms, path)


def _read_lines(
    lines: Iterable[bytes], forms: set[str], path: Path
) -> dict[str, np.ndarray]:
    lines = iter(lines)
    start = list(islice(lines, 100))
    width = _usual_width(start)
    if width == 0:
        raise ValueError(
            "`glove` must hold a word and numbers on each line, with single "
            f"spaces between. Received: {path}"
        )
    wanted = {form.encode(): form for form in forms}
    found = {}
    for number, line in enumerate(chain(start, lines), start=1):
        try:
            word, values = _split(line.rstrip(), width)
            # Parsing all 2.2 million lines would take minutes.
            if word in wanted:
                vector = np.array(values.split(b" "), dtype="float32")
                found[wanted[word]] = vector
        except ValueError as error:
            raise ValueError(
                f"`glove` must have a word and {width} numbers on each line. "
                f"Received something else at {path}, line {number}."
            ) from error
    return found


def _usual_width(lines: list[bytes]) -> int:
    """Numbers a line. Many lines decide: a word may hold spaces and numbers."""
    widths = Counter(
        sum(1 for _ in takewhile(_is_number, line.rstrip().split(b" ")[:0:-1]))
        for line in lines
    )
    return max(widths, key=lambda width: widths[width], default=0)


def _split(line: bytes, width: int) -> tuple[bytes, bytes]:
    """The word of a line and its numbers, which are counted, not parsed."""
    num_spaces = line.count(b" ")
    if num_spaces < width:
        raise ValueError("too few numbers")
    if num_spaces == width:
        word, values = line.split(b" ", 1)
        return word, values
    # Some words of GloVe 840B hold spaces, as ". . ." does.
    word = line.rsplit(b" ", width)[0]
    if _is_number(word.rsplit(b" ", 1)[1]):
        raise ValueError("too many numbers")
    return word, line[len(word) + 1 :]


def _read_npz(path: Path, forms: set[str]) -> dict[str, np.ndarray]:
    with np.load(path) as archive:
        arrays = dict(archive)
    tables = [array for array in arrays.values() if array.ndim == 2]
    if not tables:
        raise ValueError(
            "`glove` npz must hold a 2-D array of vectors. "
            f"Received: {path} with {list(arrays)}"
        )
    vectors = max(tables, key=lambda table: table.shape[1])
    listed = path.parent / "words.txt"
    if "words" in arrays:
        words = arrays["words"].tolist()
    elif listed.is_file():
        words = listed.read_text(encoding="utf-8").rstrip("\n").split("\n")
    else:
        raise ValueError(
            "`glove` npz must hold `words`, or lie beside a words.txt. "
            f"Received: {path} with {list(arrays)}"
        )
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


def _is_number(text: bytes) -> bool:
    # Other bytes than those of ASCII are of no number, in any encoding.
    return parse_number(text.decode("latin-1")) is not None
