"""Group weights that make the errors of routed predictions least."""

import numpy as np

# Of the logarithm of a weight: a group may change its mind by so much at once.
FIRST_STEP = 1.0
LAST_STEP = 1 / 16


class RoutedErrors:
    """Predictions by logarithms of weights, and how far off they are."""

    def __init__(
        self,
        shares: np.ndarray,
        values: np.ndarray,
        labels: np.ndarray,
        is_hard: bool,
        is_squared: bool,
    ) -> None:
        self._shares, self._values, self._labels = shares, values, labels
        # Once, as the search asks for some hundred errors.
        self._products = shares * values
        self._is_hard, self._power = is_hard, 2 if is_squared else 1
        self.num_groups = shares.shape[1]
        middle = labels.mean() if is_squared else np.median(labels)
        self.distances = np.abs(labels - middle) ** self._power

    def errors(self, logs: np.ndarray) -> np.ndarray:
        """Of each sample."""
        weights = np.exp(logs - logs.max())
        if self._is_hard:
            likeliest = (self._shares * weights).argmax(axis=1)[:, None]
            routed = np.take_along_axis(self._values, likeliest, axis=1)[:, 0]
        else:
            routed = (self._products @ weights) / (self._shares @ weights)
        return np.abs(routed - self._labels) ** self._power


def search_weights(
    routed: RoutedErrors, unit: float, penalty: float, counts: np.ndarray
) -> np.ndarray:
    """Logarithms of weights that no step makes better."""
    spread = float(np.average(routed.distances, weights=counts))
    # Of labels that are all the same, but for rounding.
    spread = spread if spread > 1e-9 * unit else unit

    def worth(logs: np.ndarray) -> float:
        error = float(np.average(routed.errors(logs), weights=counts))
        return error / spread + penalty * float(np.square(logs).sum())

    logs = np.zeros(routed.num_groups)
    best, step = worth(logs), FIRST_STEP
    while step >= LAST_STEP:
        before = best
        for group in range(len(logs)):
            for sign in (1, -1):
                tried = logs.copy()
                tried[group] += sign * step
                found = worth(tried)
                if found < best:
                    logs, best = tried, found
                    break
        if before - best < 1e-6:
            step /= 2
    return logs
