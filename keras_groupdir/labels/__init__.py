"""Labels before training: groups, bins, weights, soft labels, splits.

All of it is NumPy on the training labels, but for `soft_labels` and
`gaussian_labels`.
"""

from keras_groupdir.labels.balanced_split import balanced_split
from keras_groupdir.labels.count_power_weights import count_power_weights
from keras_groupdir.labels.gaussian_labels import gaussian_labels
from keras_groupdir.labels.group_prior_weights import group_prior_weights
from keras_groupdir.labels.groups import LabelGroups
from keras_groupdir.labels.histogram_weights import histogram_weights
from keras_groupdir.labels.involution_weights import involution_weights
from keras_groupdir.labels.kernel_density_weights import kernel_density
from keras_groupdir.labels.kernel_density_weights import kernel_density_weights
from keras_groupdir.labels.kernel_density_weights import silverman_bandwidth
from keras_groupdir.labels.label_balance import label_balance
from keras_groupdir.labels.label_mixture import fit_label_mixture
from keras_groupdir.labels.label_quantiles import label_quantiles
from keras_groupdir.labels.label_shots import label_shots
from keras_groupdir.labels.nested_groups import nested_groups
from keras_groupdir.labels.shot_thresholds import ShotThresholds
from keras_groupdir.labels.smoothed_density import smoothed_density
from keras_groupdir.labels.smoothed_density import smoothing_kernel
from keras_groupdir.labels.soft_labels import soft_labels

__all__ = [
    "LabelGroups",
    "ShotThresholds",
    "balanced_split",
    "count_power_weights",
    "fit_label_mixture",
    "gaussian_labels",
    "group_prior_weights",
    "histogram_weights",
    "involution_weights",
    "kernel_density",
    "kernel_density_weights",
    "label_balance",
    "label_quantiles",
    "label_shots",
    "nested_groups",
    "silverman_bandwidth",
    "smoothed_density",
    "smoothing_kernel",
    "soft_labels",
]
