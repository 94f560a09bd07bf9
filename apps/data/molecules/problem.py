"""Temperatures of molecules with convolutions over their SMILES."""

from apps.data.molecules.characters import Characters
from apps.data.molecules.data import MoleculeData
from apps.data.molecules.data import load_data
from apps.data.molecules.encoder import build_encoder
from keras_groupdir.experiments import Budget
from keras_groupdir.experiments import Problem
from keras_groupdir.recipes import LabelTask

BUDGET = Budget(epochs=16, patience=8, batch_size=64, learning_rate=3e-3)


def molecules_problem(measured: str = "melting") -> Problem:
    """Reads the molecules of the installed package chemicals.

    Args:
        measured: `"melting"` or `"boiling"`. Defaults to `"melting"`.

    Raises:
        ValueError: If the package is not installed; says what to install.
    """
    return problem_of(load_data(measured))


def problem_of(data: MoleculeData, budget: Budget = BUDGET) -> Problem:
    """The problem, of numbers of characters.

    Args:
        data: Of `load_data`.
        budget: Defaults to what an encoder of this size takes.
    """
    characters: Characters = data.characters
    train, val, test = (
        (characters.encode(data.splits[name].smiles), data.splits[name].kelvin)
        for name in ("train", "val", "test")
    )
    return Problem(
        lambda seed: build_encoder(
            len(characters), characters.length, seed=seed
        ),
        train,
        val,
        test,
        LabelTask(train[1], data.bins),
        budget,
        f"Molecules, {data.measured} points",
        unit="K",
    )
