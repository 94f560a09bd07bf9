"""Plain NumPy and Python in float64, to compare the package with.

Nothing here may import the package: the group of a label, the soft label and
the softmax are written again, one loop per index.
"""

import math

import numpy as np


def numeric_gradient(function, x, step=1e-5):
    """Gradient of a function to one number, by central differences."""
    x = np.asarray(x, dtype="float64")
    gradient = np.zeros_like(x)
    for index in np.ndindex(*x.shape):
        shift = np.zeros_like(x)
        shift[index] = step
        gradient[index] = (function(x + shift) - function(x - shift)) / (
            2 * step
        )
    return gradient


def group_of(label, edges):
    """The last group whose lower edge is not above the label, else the 1st."""
    group = 0
    for g in range(1, len(edges) - 1):
        if np.float32(label) >= np.float32(edges[g]):
            group = g
    return group


def groups_of(labels, edges):
    return [group_of(label, edges) for label in np.ravel(labels)]


def log_sum_exp(values):
    largest = max(values)
    return largest + math.log(sum(math.exp(v - largest) for v in values))


def softmax(logits):
    total = log_sum_exp(list(logits))
    return np.array([math.exp(logit - total) for logit in logits])


def log_softmax(logits):
    total = log_sum_exp(list(logits))
    return np.array([logit - total for logit in logits], dtype="float64")


def soft_label(group, num_groups, beta):
    """The paper's vector: softmax of `G - beta * |k - g|`."""
    return softmax(
        [num_groups - beta * abs(k - group) for k in range(num_groups)]
    )
