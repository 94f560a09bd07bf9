import argparse
import importlib.machinery

import keras
import numpy as np
import pytest

pytest.importorskip("chemicals")

from apps.data.load import add_data_flags
from apps.data.load import load_problem
from apps.data.molecules import read
from apps.data.molecules.characters import PAD
from apps.data.molecules.characters import UNKNOWN
from apps.data.molecules.characters import Characters
from apps.data.molecules.data import KNOWN
from apps.data.molecules.data import LENGTH
from apps.data.molecules.data import MOST_PER_BIN
from apps.data.molecules.data import load_data
from apps.data.molecules.encoder import build_encoder
from apps.data.molecules.problem import problem_of
from apps.data.molecules.read import read_molecules


@pytest.fixture(scope="module")
def data():
    return load_data()


@pytest.fixture(scope="module")
def problem(data):
    return problem_of(data)


def test_molecules_are_those_of_the_package_each_once():
    molecules = read_molecules("melting")
    assert len(molecules) == 11398
    assert len(set(molecules.smiles)) == len(molecules)
    kelvin = dict(zip(molecules.cas, molecules.kelvin, strict=True))
    # Benzene and water, in kelvin.
    assert kelvin["71-43-2"] == np.float32(278.65)
    assert kelvin["7732-18-5"] == np.float32(273.15)
    # Not in the order of the files, which another version may change.
    assert molecules.cas.tolist() == sorted(molecules.cas)


def test_boiling_points_are_those_of_molecules():
    molecules = read_molecules("boiling")
    assert len(molecules) > 10_000
    assert molecules.kelvin.max() <= 1000
    assert all(molecules.smiles)
    kelvin = dict(zip(molecules.cas, molecules.kelvin, strict=True))
    assert kelvin["7732-18-5"] == np.float32(373.15)


def test_no_molecule_is_in_two_splits_and_known_ones_in_none(data):
    parts = [*data.splits.values(), data.known]
    for field in ("cas", "smiles", "skeletons"):
        sets = [set(getattr(part, field)) for part in parts]
        assert sum(map(len, sets)) == len(set.union(*sets)), field
    assert set(data.known.cas) == set(KNOWN)
    # All but the mirror images of known ones.
    assert 11398 - 5 <= sum(map(len, parts)) <= 11398


def test_held_out_sets_are_balanced_and_training_is_not(data):
    counts = {
        name: data.bins.counts(own.kelvin) for name, own in data.splits.items()
    }
    assert counts["val"].max() == counts["test"].max() == MOST_PER_BIN
    np.testing.assert_array_equal(counts["val"], counts["test"])
    assert counts["train"].max() > 100 * np.median(counts["test"])


def test_the_split_stays_that_of_committed_results(problem):
    assert problem.digest == "8b69b4b9832fcaa1"


def test_the_vocabulary_is_of_training_molecules_alone(data):
    train = data.splits["train"].smiles
    seen = set("".join(train))
    assert len(data.characters) == len(seen) + 2
    others = set("".join(read_molecules("melting").smiles)) - seen
    for character in others | set("xyz?"):
        assert data.characters.encode([character])[0, 0] == UNKNOWN


def test_characters_are_numbered_cut_and_padded():
    characters = Characters(["CCO", "N#N"], length=4)
    numbers = {"#": 2, "C": 3, "N": 4, "O": 5}
    # What is not ASCII is as many unknown characters as it has bytes.
    texts = ["CCO", "", "NNNNNC", "Cl", "é"]
    expected = np.zeros((len(texts), 4), int)
    for row, text in enumerate(["CCO", "", "NNNN", "Cl", "xx"]):
        for place, one in enumerate(text):
            expected[row, place] = numbers.get(one, UNKNOWN)
    found = characters.encode(texts)
    np.testing.assert_array_equal(found, expected)
    assert found.dtype == "int32"
    assert len(characters) == 6
    assert characters.encode([]).shape == (0, 4)


@pytest.mark.parametrize("spec", [None, "empty"])
def test_without_the_package_it_says_what_to_install(
    spec, tmp_path, monkeypatch
):
    if spec:
        path = str(tmp_path / "chemicals" / "__init__.py")
        spec = importlib.machinery.ModuleSpec("chemicals", None, origin=path)
    monkeypatch.setattr(read, "find_spec", lambda name: spec)
    with pytest.raises(ValueError, match=r"pip install 'chemicals>=1\.5,<2'"):
        read_molecules("melting")


def test_what_there_is_not_to_measure_is_refused():
    with pytest.raises(ValueError, match=r"`property` must be.*'color'"):
        read_molecules("color")


def test_padding_changes_nothing(data):
    smiles = ["CCO", "C1=CC=CC=C1", "C", ""]
    features = []
    for length in (12, 40):
        characters = Characters(data.splits["train"].smiles, length)
        keras.utils.set_random_seed(0)
        encoder = build_encoder(len(characters), length, width=8, units=6)
        ids = characters.encode(smiles)
        features.append(encoder.predict(ids, verbose=0))
    np.testing.assert_allclose(*features, rtol=1e-4, atol=1e-6)
    assert np.isfinite(features).all()
    assert (PAD, UNKNOWN) == (0, 1)


def test_the_encoder_comes_back_from_a_file(tmp_path):
    encoder = build_encoder(9, 8, width=8, units=6)
    ids = np.array([[2, 3, 4, 0, 0, 0, 0, 0], [8, 7, 6, 5, 4, 3, 2, 1]])
    encoder.save(tmp_path / "encoder.keras")
    again = keras.saving.load_model(tmp_path / "encoder.keras")
    np.testing.assert_allclose(
        again.predict(ids, verbose=0), encoder.predict(ids, verbose=0)
    )


def test_molecules_are_found_by_name(problem):
    parser = argparse.ArgumentParser()
    add_data_flags(parser)
    found = load_problem(parser.parse_args(["molecules"]))
    assert found.digest == problem.digest
    x, y = found.train
    assert x.shape == (len(y), LENGTH)
    assert found.encoder(0).output_shape == (None, 128)
    assert (found.unit, found.metric) == ("K", "mae")


def test_boiling_points_are_another_data_set_of_the_comparison():
    parser = argparse.ArgumentParser()
    add_data_flags(parser)
    found = load_problem(parser.parse_args(["molecules_boiling"]))
    assert found.name == "Molecules, boiling points"
    assert found.digest != load_problem(parser.parse_args(["molecules"])).digest
