"""Refuses what are no groups of labels."""

from typing import Any

import keras

from keras_groupdir.labels.groups import LabelGroups


def check_groups(groups: Any, name: str = "groups") -> LabelGroups:
    """Returns `groups` if it is a `LabelGroups`, or makes it of a config.

    Args:
        groups: What came.
        name: Of the argument, for the message.
    """
    if isinstance(groups, dict):
        # As in the configuration of a loss, a metric, a layer or a model.
        groups = keras.saving.deserialize_keras_object(groups)
    if not isinstance(groups, LabelGroups):
        raise ValueError(
            f"`{name}` must be a LabelGroups, for example "
            "LabelGroups.equal_width(0, 5, num_groups=10). "
            f"Received: {name}={groups!r}"
        )
    return groups
