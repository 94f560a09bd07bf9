"""What tells data from others."""

import hashlib
from collections.abc import Iterable
from typing import Any

import keras
import numpy as np
from keras import ops


def digest_of(data: Any) -> str:
    """The first 16 hexadecimal digits of a SHA-256 of all arrays.

    Args:
        data: A structure of arrays, tensors, tables or sparse matrices.
    """
    digest = hashlib.sha256()
    for part in keras.tree.flatten(data):
        for array in _arrays_of(part):
            digest.update(f"{array.shape} {array.dtype.str}".encode())
            digest.update(_bytes_of(array))
    return digest.hexdigest()[:16]


def _arrays_of(part: Any) -> Iterable[np.ndarray]:
    if hasattr(part, "tocoo"):  # which a whole array might not fit beside
        entries = part.tocoo()
        return (np.array(part.shape), entries.row, entries.col, entries.data)
    if ops.is_tensor(part):
        part = ops.convert_to_numpy(part)
    return (np.asarray(part),)


def _bytes_of(array: np.ndarray) -> bytes:
    if array.dtype.hasobject:
        # Objects themselves are addresses, others in each process.
        return "\0".join(map(str, array.ravel())).encode()
    return np.ascontiguousarray(array).tobytes()
