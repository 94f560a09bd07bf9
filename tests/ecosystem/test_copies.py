"""Models made of models."""

import keras
import numpy as np
import pytest
from keras import ops

from tests.support.models import skewed_data
from tests.support.models import small_encoder
from tests.support.models import small_regressor

pytestmark = pytest.mark.usefixtures("eager")
X, Y = skewed_data()


@pytest.mark.ecosystem(
    "`keras.models.clone_model`",
    "not offered",
    "Keras does not ask a subclassed model: it makes a plain Functional one, "
    "without losses; `type(model).from_config(model.get_config())` copies",
)
def test_a_clone_is_a_plain_model_and_a_config_makes_a_copy():
    model = small_regressor()
    clone = keras.models.clone_model(model)
    assert type(clone) is not type(model)
    copy = type(model).from_config(model.get_config())
    assert type(copy) is type(model)
    copy.compile("adam")
    before = np.array(copy.head.expert_bias)
    copy.fit(X, Y, verbose=0)
    assert np.any(before != np.array(copy.head.expert_bias))


@pytest.mark.slow
@pytest.mark.ecosystem(
    "`keras.distillation.Distiller`",
    "works",
    "of the predictions: give it `keras.Model(model.input, "
    'model.output["prediction"])` as teacher',
)
def test_a_small_student_learns_from_the_predictions():
    class Apart(keras.distillation.DistillationLoss):
        """Squared difference of predictions."""

        def compute_loss(self, teacher_outputs, student_outputs, **kwargs):
            return ops.mean(ops.square(teacher_outputs - student_outputs))

    model = small_regressor()
    rng = np.random.default_rng(0)
    model.set_weights([rng.normal(size=w.shape) for w in model.get_weights()])
    teacher = keras.Model(model.input, model.output["prediction"])
    before = teacher.get_weights()
    encoder = small_encoder()
    unit = keras.layers.Dense(1)(encoder.output)
    student = keras.Model(encoder.input, unit)
    distiller = keras.distillation.Distiller(
        teacher, student, Apart(), student_loss_weight=0.1
    )
    distiller.compile(keras.optimizers.Adam(0.1), loss="mse")
    taught = model.predict(X, verbose=0)

    def apart():
        return np.abs(student.predict(X, verbose=0) - taught).mean()

    start = apart()
    distiller.fit(X, Y, epochs=10, batch_size=24, verbose=0)
    assert apart() < 0.8 * start
    for old, new in zip(before, teacher.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
