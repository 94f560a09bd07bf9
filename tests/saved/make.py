"""Makes small files of this version's models, once for each version.

    python -m tests.saved.make

Files that are there are never made again: what they hold must go on to load.
"""

import json
import sys
from pathlib import Path

import keras
import numpy as np

import keras_groupdir
from keras_groupdir import GroupRegressor
from keras_groupdir import VanillaRegressor
from keras_groupdir import labels
from tests.support.models import GROUPS
from tests.support.models import skewed_data
from tests.support.models import small_encoder

FOLDER = Path(__file__).parent


def models() -> dict[str, keras.Model]:
    """One of each kind that people keep, by the name of its file."""
    _, y = skewed_data()
    weights = labels.group_prior_weights(GROUPS.counts(y))
    return {
        "groups": GroupRegressor.from_labels(small_encoder(), y, GROUPS),
        "settings": GroupRegressor(
            small_encoder(),
            GROUPS,
            routing="soft",
            beta=0.7,
            expert_units=3,
            group_weights=weights,
            error="huber",
        ),
        "vanilla": VanillaRegressor.from_labels(small_encoder(), y),
    }


def make(folder: Path) -> None:
    """Trains each a little and writes it beside its predictions."""
    folder.mkdir()
    keras.utils.set_random_seed(0)
    x, y = skewed_data()
    expected = {}
    for name, model in models().items():
        model.compile("adam")
        model.fit(x, y, epochs=2, verbose=0)
        model.save(folder / f"{name}.keras")
        expected[name] = {
            output: np.asarray(values, "float64").round(6).tolist()
            for output, values in model.predict_outputs(x, verbose=0).items()
        }
    made_by = {
        "keras": keras.version(),
        "backend": keras.config.backend(),
        "keras_groupdir": keras_groupdir.__version__,
    }
    text = json.dumps({"made_by": made_by, "x": x.tolist(), **expected})
    (folder / "expected.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    place = FOLDER / keras_groupdir.__version__
    if place.exists():
        sys.exit(f"{place} is there, and files of a version stay as they are.")
    make(place)
