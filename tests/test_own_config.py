"""What parts say that they were constructed with."""

import keras
import pytest

from keras_groupdir import LabelGroups
from keras_groupdir import losses

pytestmark = pytest.mark.one_backend

GROUPS = LabelGroups.equal_width(0, 3, num_groups=3)


class HandsOn(losses.SoftGroupCrossentropy):
    """Names none of the arguments of its base."""

    def __init__(self, shift=0.5, **kwargs):
        super().__init__(**kwargs)
        self.shift = shift


class KeepsElsewhere(losses.ScaledError):
    """Keeps its argument under another name, and says so itself."""

    def __init__(self, power=2, **kwargs):
        super().__init__(**kwargs)
        self._power = power

    def get_config(self):
        return {**super().get_config(), "power": self._power}


def test_arguments_of_base_classes_are_in_the_config():
    loss = HandsOn(shift=2.0, groups=GROUPS, beta=3.0, name="mine")
    config = loss.get_config()
    assert (config["shift"], config["beta"], config["name"]) == (
        2.0,
        3.0,
        "mine",
    )
    again = HandsOn.from_config(config)
    assert again.groups == GROUPS
    assert again.get_config() == config


def test_a_subclass_may_write_its_own_argument():
    config = KeepsElsewhere(power=3, scale=2.0).get_config()
    assert (config["power"], config["scale"]) == (3, 2.0)
    assert KeepsElsewhere.from_config(config).get_config() == config


def test_configs_hold_what_json_can():
    loss = losses.HierarchicalCrossentropy(
        [GROUPS.from_edges([0, 1, 3]), GROUPS]
    )
    levels = loss.get_config()["levels"]
    assert [level["class_name"] for level in levels] == ["LabelGroups"] * 2
    stored = keras.saving.serialize_keras_object(loss)
    assert keras.saving.deserialize_keras_object(stored).levels == loss.levels
