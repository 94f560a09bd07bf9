"""The molecules in three splits, and a few that are in none."""

from dataclasses import dataclass

import numpy as np

from apps.data.molecules.characters import Characters
from apps.data.molecules.read import Molecules
from apps.data.molecules.read import read_molecules
from keras_groupdir import LabelGroups
from keras_groupdir.labels import balanced_split

# Molecules that everybody knows, by CAS number.
KNOWN = {
    "58-08-2": "caffeine",
    "15687-27-1": "ibuprofen",
    "103-90-2": "paracetamol",
    "76-22-2": "camphor",
    "121-33-5": "vanillin",
    "91-20-3": "naphthalene",
    "67-64-1": "acetone",
    "64-17-5": "ethanol",
}
BIN_WIDTH = 10.0
# As AgeDB-DIR has it for a year.
MOST_PER_BIN = 30
# Longer than 97% of the molecules; what is left of the others is cut off.
LENGTH = 64


@dataclass(frozen=True)
class MoleculeData:
    """Molecules to train on, to validate, to test; and known ones.

    Attributes:
        measured: What was measured, of `PROPERTIES`.
        splits: By `"train"`, `"val"` and `"test"`.
        known: Those of `KNOWN` that there are: in no split, and no other
            molecule of the same skeleton is.
        bins: Of `BIN_WIDTH` kelvin, over all labels.
        characters: Of the training molecules.
    """

    measured: str
    splits: dict[str, Molecules]
    known: Molecules
    bins: LabelGroups
    characters: Characters


def load_data(measured: str = "melting", split_seed: int = 0) -> MoleculeData:
    """Reads and splits them; validation and test set are balanced.

    Molecules of one skeleton, those that differ in stereochemistry alone, are
    in the same split.

    Args:
        measured: One of `PROPERTIES`. Defaults to `"melting"`.
        split_seed: Of the split. Defaults to `0`.

    Raises:
        ValueError: See `read_molecules`.
    """
    molecules = read_molecules(measured)
    is_known = np.isin(molecules.cas, list(KNOWN))
    known = molecules.take(is_known)
    others = molecules.take(~np.isin(molecules.skeletons, known.skeletons))
    low, high = molecules.kelvin.min(), molecules.kelvin.max()
    bins = LabelGroups.equal_width(
        BIN_WIDTH * np.floor(low / BIN_WIDTH),
        BIN_WIDTH * (np.floor(high / BIN_WIDTH) + 1),
        width=BIN_WIDTH,
    )
    rows = balanced_split(
        others.kelvin, bins, MOST_PER_BIN, split_seed, keys=others.skeletons
    )
    splits = {name: others.take(own) for name, own in rows.items()}
    characters = Characters(splits["train"].smiles, LENGTH)
    return MoleculeData(measured, splits, known, bins, characters)
