"""Label distribution smoothing (LDS) of a histogram."""

import numpy as np

from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_counts
from keras_groupdir.checks import check_positive
from keras_groupdir.checks import check_whole
from keras_groupdir.types import ArrayLike

KERNELS = ("gaussian", "triangular", "laplace")


def smoothing_kernel(
    kernel: str = "gaussian", kernel_size: int = 5, sigma: float = 2.0
) -> np.ndarray:
    """The window of label distribution smoothing, with a peak of 1.

    With `x` the offset from the middle, before scaling to a peak of 1:
    `"laplace"` is `exp(-|x| / sigma)`; `"triangular"` falls in equal steps
    that would reach 0 one bin beyond the window; `"gaussian"` is
    `exp(-x**2 / (2 sigma**2))` up to `4 sigma`, with what lies outside the
    window reflected back in, as in the published benchmarks. That makes it
    flatter than the bell itself.

    Args:
        kernel: `"gaussian"`, `"triangular"` or `"laplace"`.
        kernel_size: Odd number of bins. Defaults to `5`.
        sigma: Positive width, in bins; not used by `"triangular"`. Defaults
            to `2.0`.

    Returns:
        Window. Shape `(kernel_size,)`.

    Examples:

    >>> smoothing_kernel("triangular", kernel_size=3).tolist()
    [0.5, 1.0, 0.5]

    Reference:
    - [Yang et al., 2021](https://arxiv.org/abs/2102.09554), LDS.
    """
    check_choice("kernel", kernel, KERNELS)
    sigma = check_positive("sigma", sigma)
    if check_whole("kernel_size", kernel_size, at_least=1) % 2 == 0:
        raise ValueError(
            f"`kernel_size` must be odd. Received: kernel_size={kernel_size}"
        )
    half = kernel_size // 2
    offset = np.arange(-half, half + 1)
    if kernel == "triangular":
        return 1 - np.abs(offset) / (half + 1)
    if kernel == "laplace":
        return np.exp(-np.abs(offset) / sigma)
    # Reflections of the middle of an odd window lie `kernel_size` apart.
    reach = int(4 * sigma + 0.5)
    images = np.arange(-(reach // kernel_size) - 1, reach // kernel_size + 2)
    distance = offset[:, None] - kernel_size * images[None, :]
    bell = np.exp(-0.5 * (distance / sigma) ** 2) * (np.abs(distance) <= reach)
    window = bell.sum(axis=1)
    return window / window.max()


def smoothed_density(
    counts: ArrayLike,
    kernel: str = "gaussian",
    kernel_size: int = 5,
    sigma: float = 2.0,
) -> np.ndarray:
    """Label distribution smoothing: counts convolved with a window.

    Args:
        counts: One number per bin. Shape `(num_bins,)`.
        kernel: See `smoothing_kernel`.
        kernel_size: See `smoothing_kernel`.
        sigma: See `smoothing_kernel`.

    Returns:
        Smoothed counts; beyond both ends there is nothing. Shape
        `(num_bins,)`.

    Examples:

    >>> smoothed_density([0, 0, 4, 0, 0], "triangular", 3).tolist()
    [0.0, 2.0, 4.0, 2.0, 0.0]

    Reference:
    - [Yang et al., 2021](https://arxiv.org/abs/2102.09554)
    """
    counts = check_counts("counts", counts)
    window = smoothing_kernel(kernel, kernel_size, sigma)
    half = len(window) // 2
    return np.convolve(np.pad(counts, half), window, mode="valid")
