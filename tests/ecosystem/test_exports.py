"""Files of every format are run by what they are for.

(SavedModels, by TensorFlow alone in another process: `tests/test_export.py`.)
"""

import keras
import numpy as np
import pytest

from keras_groupdir import GroupRegressor
from keras_groupdir import LabelModel
from keras_groupdir.layers import RoutedExperts
from keras_groupdir.models.export_format import ENDINGS
from keras_groupdir.models.export_format import OFFERED
from tests.ecosystem.runtimes import FILES
from tests.ecosystem.runtimes import WRITERS
from tests.ecosystem.runtimes import answers_of
from tests.ecosystem.runtimes import assert_answers
from tests.models.test_every_regressor import BUILDERS
from tests.support.models import GROUPS
from tests.support.models import skewed_data
from tests.support.models import small_encoder
from tests.test_export import pair_encoder

BACKEND = keras.config.backend()
HERE = [name for name, offered in OFFERED.items() if BACKEND in offered]
ELSEWHERE = [name for name in OFFERED if name not in HERE]
FORMATS = [name for name in HERE if name != "tf_saved_model"]
# Each of these takes other operations.
ROUTINGS = {
    "hard": {"group_weights": [1, 2, 3, 4]},
    "soft": {"expert_units": 3, "beta": None, "temperature": 2.0},
    "mixture": {"expert_units": 3, "group_weights": [1, 2, 3, 4]},
}
# litert-torch writes for the batch of a sample, which is 1.
SIZES = dict.fromkeys(FORMATS, (24, 3, 1))
if BACKEND == "torch":
    SIZES["litert"] = (1,)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore"),  # of the exporters
]


def with_other_weights(model):
    """None is 0, and no two are equal."""
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    return model


def all_routings():
    """A column for each routing: one file for all."""
    encoder = small_encoder()
    columns = [
        RoutedExperts(GROUPS, routing, name=routing, **settings)(
            encoder.output
        )["prediction"]
        for routing, settings in ROUTINGS.items()
    ]
    prediction = keras.layers.Concatenate()(columns)
    return LabelModel(encoder.input, {"prediction": prediction})


def skip_without_writer(format):
    pytest.importorskip(WRITERS.get((format, BACKEND), "keras"))


def of_formats():
    """To write and run a file takes OpenVINO seconds, and ONNX none."""
    few = {
        "every routing": all_routings,
        "HierarchicalRegressor": BUILDERS["HierarchicalRegressor"],
    }
    return [
        (format, name, build)
        for format in FORMATS
        for name, build in (BUILDERS | few if format == "onnx" else few).items()
    ]


@pytest.mark.parametrize(("format", "name", "build"), of_formats())
def test_files_answer_as_the_models_do(format, name, build, tmp_path):
    skip_without_writer(format)
    x, _ = skewed_data()
    model = with_other_weights(build())
    model.export(tmp_path / FILES[format], format=format, verbose=False)
    answers = answers_of(format, tmp_path / FILES[format])
    assert_answers(answers, model, x, SIZES[format])


@pytest.mark.parametrize("format", FORMATS)
def test_inputs_by_name(format, tmp_path):
    skip_without_writer(format)
    x, _ = skewed_data()
    model = with_other_weights(GroupRegressor(pair_encoder(), GROUPS))
    model.export(str(tmp_path / FILES[format]), format=format, verbose=False)
    answers = answers_of(format, tmp_path / FILES[format])
    pair = {"left": x, "right": 2 * x[:, :2]}
    assert_answers(answers, model, pair, SIZES[format])


@pytest.mark.parametrize("format", ELSEWHERE)
def test_what_cannot_be_written_here_says_where_it_can(format, tmp_path):
    model = GroupRegressor(small_encoder(), GROUPS)
    match = (
        rf"`format='{format}'` cannot be written from the {BACKEND} backend, "
        rf"only from {' and '.join(OFFERED[format])}\. Save the model as"
    )
    with pytest.raises(ValueError, match=match):
        model.export(tmp_path / FILES[format], format=format)


@pytest.mark.parametrize("format", [one for one in HERE if one in ENDINGS])
def test_another_ending_is_named(format, tmp_path):
    model = GroupRegressor(small_encoder(), GROUPS)
    match = rf"`filepath` must end with '{ENDINGS[format]}' for `format="
    with pytest.raises(ValueError, match=match):
        model.export(tmp_path / "model", format=format)


def test_an_unknown_format_is_named(tmp_path):
    model = GroupRegressor(small_encoder(), GROUPS)
    with pytest.raises(ValueError, match=r"`format` must be one of .*'onnx'"):
        model.export(tmp_path / "model", format="coreml")


@pytest.mark.skipif(BACKEND != "torch", reason="A format of torch's.")
def test_sizes_that_are_open_stay_open_in_torch(tmp_path):
    """A sequence's length, too; one's own `dynamic_shapes` come first."""
    inputs = keras.Input((None, 4))
    encoder = keras.Model(inputs, keras.layers.GlobalAveragePooling1D()(inputs))
    model = with_other_weights(GroupRegressor(encoder, GROUPS))
    path = tmp_path / "model.pt2"
    model.export(path, format="torch", verbose=False)
    answers = answers_of("torch", path)
    for length in (5, 2):
        x = np.ones((7, length, 4), "float32")
        assert_answers(answers, model, x, sizes=(7, 1))
    model.export(path, format="torch", verbose=False, dynamic_shapes=None)
    with pytest.raises((AssertionError, RuntimeError)):
        answers_of("torch", path)(np.ones((7, 5, 4), "float32"))
