"""Molecules with measured temperatures, as shipped inside chemicals."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from keras_groupdir.checks import check_choice

INSTALL = "pip install 'chemicals>=1.5,<2'"
# Names of molecules are in files apart from what was measured.
IDENTIFIERS = (
    "chemical identifiers pubchem large.tsv",
    "chemical identifiers pubchem small.tsv",
    "Inorganic db.tsv",
)
# Columns of these files, which have no header, and end in many synonyms.
CAS, SMILES, INCHI_KEY = 1, 4, 6
# The first block of an InChIKey stands for which atoms are bound to which.
SKELETON_LENGTH = 14


@dataclass(frozen=True)
class Property:
    """What was measured, and where it stands.

    Attributes:
        file: In the folder `Phase Change` of the package.
        column: Of that file.
        highest: In kelvin; molecules above it are left out.
    """

    file: str
    column: str
    highest: float


PROPERTIES = {
    "melting": Property("OpenNotebook Melting Points.tsv", "Tm", 1100.0),
    # Above are metals and salts, up to 5,869 K, and hardly a molecule.
    "boiling": Property("Yaws Boiling Points.tsv", "Tb", 1000.0),
}


@dataclass(frozen=True)
class Molecules:
    """Molecules in the order of their CAS numbers, as arrays of one length.

    Attributes:
        cas: CAS registry numbers.
        smiles: SMILES, each once.
        skeletons: The same for molecules that differ in stereochemistry or
            isotopes alone.
        kelvin: What was measured, float32.
    """

    cas: np.ndarray
    smiles: np.ndarray
    skeletons: np.ndarray
    kelvin: np.ndarray

    def __len__(self) -> int:
        return len(self.cas)

    def take(self, rows: np.ndarray) -> Self:
        """Some of them: row numbers, or which to keep."""
        parts = (self.cas, self.smiles, self.skeletons, self.kelvin)
        return type(self)(*(part[rows] for part in parts))


def read_molecules(measured: str) -> Molecules:
    """Reads what pip has installed; nothing is downloaded.

    Molecules without SMILES are left out, and of those with the same SMILES
    all but the first.

    Args:
        measured: One of `PROPERTIES`.

    Raises:
        ValueError: If the package is not installed, or is not as expected;
            says what to install.

    Source: melting points of OpenNotebook and boiling points of Yaws, with
    identifiers of PubChem, in
    [chemicals](https://github.com/CalebBell/chemicals), which is MIT-licensed.
    """
    kind = PROPERTIES[check_choice("property", measured, PROPERTIES)]
    folder = _package_folder()
    try:
        found = pd.read_csv(
            folder / "Phase Change" / kind.file, sep="\t", dtype={"CAS": str}
        )
        kelvin = dict(zip(found["CAS"], found[kind.column], strict=True))
        names = [
            cells
            for file in IDENTIFIERS
            for cells in _read_names(folder / "Identifiers" / file)
            if cells[CAS] in kelvin and cells[SMILES]
        ]
    except (OSError, LookupError, ValueError) as error:
        raise ValueError(
            "The package chemicals does not hold what was expected of its "
            f"versions 1.5 and later, below 2: {INSTALL}. Received: {error!r}"
        ) from error
    table = pd.DataFrame(
        {
            "cas": [cells[CAS] for cells in names],
            "smiles": [cells[SMILES] for cells in names],
            "skeleton": [cells[INCHI_KEY][:SKELETON_LENGTH] for cells in names],
            "kelvin": [kelvin[cells[CAS]] for cells in names],
        }
    )
    table = table.sort_values("cas").drop_duplicates("smiles")
    table = table[table["kelvin"] <= kind.highest]
    cas, smiles, skeletons = (
        table[name].to_numpy(str) for name in ("cas", "smiles", "skeleton")
    )
    return Molecules(
        cas, smiles, skeletons, table["kelvin"].to_numpy("float32")
    )


def _package_folder() -> Path:
    # Found without importing chemicals, which loads much more than its data.
    spec = find_spec("chemicals")
    if spec is None or spec.origin is None:
        raise ValueError(
            "The molecules come with the package chemicals, which is not "
            f"installed: {INSTALL}"
        )
    return Path(spec.origin).parent


def _read_names(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8") as file:
        return [line.split("\t", INCHI_KEY + 1) for line in file]
