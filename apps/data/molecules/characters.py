"""SMILES as numbers, one for each character."""

from collections.abc import Iterable

import numpy as np

PAD, UNKNOWN = 0, 1


class Characters:
    """Numbers the characters of training SMILES; 0 is padding, 1 unknown.

    SMILES are ASCII, so that a character is a byte and a table of 256 numbers
    is the whole vocabulary: what serves the model needs no other.

    Args:
        smiles: Those to train on.
        length: Characters of a row; what is longer is cut.

    Attributes:
        table: Number of each byte. Shape `(256,)`, int32.
        length: As given.

    Examples:

    >>> characters = Characters(["CCO", "C=O"], length=5)
    >>> characters.encode(["OC=N", "CCCCCCCCC"]).tolist()
    [[4, 3, 2, 1, 0], [3, 3, 3, 3, 3]]
    >>> len(characters)
    5
    """

    def __init__(self, smiles: Iterable[str], length: int) -> None:
        seen = sorted({byte for one in smiles for byte in one.encode()})
        self.table = np.full(256, UNKNOWN, "int32")
        # Rows are filled up with zero bytes.
        self.table[0] = PAD
        self.table[seen] = np.arange(len(seen)) + UNKNOWN + 1
        self.length = length

    def __len__(self) -> int:
        """Different numbers there are."""
        return int(self.table.max()) + 1

    def encode(self, smiles: Iterable[str]) -> np.ndarray:
        """Numbers of characters. Shape `(n, length)`, int32."""
        rows = [one.encode()[: self.length] for one in smiles]
        # Strings of bytes of a fixed length are filled up with zeros.
        padded = np.array(rows, f"S{self.length}").reshape(-1)
        codes = np.frombuffer(padded.tobytes(), "uint8")
        return self.table[codes.reshape(len(rows), self.length)]
