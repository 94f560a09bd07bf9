"""How common labels are: histogram, LDS, weights, shots.

All of it is NumPy on the training labels, before training. Bins are the finest
`LabelGroups`; make them with `label_bins`.
"""

import numpy as np

from keras_groupdir.checks import check_choice
from keras_groupdir.checks import check_positive
from keras_groupdir.checks import check_whole
from keras_groupdir.groups import LabelGroups
from keras_groupdir.types import ArrayLike

KERNELS = ("gaussian", "triangular", "laplace")
REWEIGHTS = ("inverse", "sqrt_inverse")
SHOTS = ("many", "median", "few")


def label_bins(low: float, high: float, bin_width: float) -> LabelGroups:
    """Bins of one width for a label histogram.

    Args:
        low: Lower end of the first bin.
        high: Upper end of the last bin.
        bin_width: Positive width, in label units, that divides `high - low`.

    Returns:
        `LabelGroups` with `(high - low) / bin_width` groups.

    Examples:

    >>> label_bins(0, 5, bin_width=0.1)  # STS-B-DIR
    LabelGroups(50 groups over [0, 5])
    >>> label_bins(0, 121, bin_width=1).assign([3, 130]).tolist()  # ages
    [3, 120]
    """
    bin_width = check_positive("bin_width", bin_width)
    num_bins = round((high - low) / bin_width)
    if not np.isclose(num_bins * bin_width, high - low):
        raise ValueError(
            "`bin_width` must divide the range. Received: "
            f"low={low}, high={high}, bin_width={bin_width}"
        )
    return LabelGroups.equal_width(low, high, num_bins)


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
    counts = np.asarray(counts, dtype="float64")
    window = smoothing_kernel(kernel, kernel_size, sigma)
    half = len(window) // 2
    return np.convolve(np.pad(counts, half), window, mode="valid")


def density_weights(
    train_labels: ArrayLike,
    bins: LabelGroups,
    reweight: str = "sqrt_inverse",
    clip: tuple[float, float] | None = None,
    kernel: str | None = None,
    kernel_size: int = 5,
    sigma: float = 2.0,
    labels: ArrayLike | None = None,
) -> np.ndarray:
    """Sample weights that fall with the density of the label.

    The counts of the bins are clipped, square-rooted for `"sqrt_inverse"`,
    smoothed if there is a kernel (LDS), and inverted. Weights are scaled to a
    mean of 1 over the training labels. The ages benchmarks use
    `"sqrt_inverse"`, or `"inverse"` with `clip=(5, 1000)`; STS-B-DIR uses
    `"inverse"`; both `kernel="gaussian"`, size 5, sigma 2 for LDS.

    Args:
        train_labels: Labels to count. Shape `(n,)` or `(n, 1)`.
        bins: Bins of the histogram, from `label_bins`.
        reweight: `"inverse"` or `"sqrt_inverse"`. Defaults to
            `"sqrt_inverse"`.
        clip: Smallest and largest count, or `None`. Defaults to `None`.
        kernel: LDS window, see `smoothing_kernel`, or `None` for none.
            Defaults to `None`.
        kernel_size: See `smoothing_kernel`.
        sigma: See `smoothing_kernel`.
        labels: Labels to weigh, if not the training labels themselves. A bin
            without training labels weighs like a bin with one. Shape `(m,)`.

    Returns:
        Weights for `sample_weight`. Shape `(n,)`, or `(m,)` with `labels`.

    Examples:

    >>> bins = label_bins(0, 2, bin_width=1)
    >>> density_weights([0, 0, 0, 1], bins, reweight="inverse").round(3)
    array([0.667, 0.667, 0.667, 2.   ])

    Reference:
    - [Yang et al., 2021](https://arxiv.org/abs/2102.09554)
    """
    check_choice("reweight", reweight, REWEIGHTS)
    counts = bins.counts(train_labels).astype("float64")
    if clip is not None:
        counts = np.clip(counts, *clip)
    if reweight == "sqrt_inverse":
        counts = np.sqrt(counts)
    if kernel is not None:
        counts = smoothed_density(counts, kernel, kernel_size, sigma)
    weights = 1 / np.where(counts > 0, counts, 1.0)
    mean = weights[bins.assign(train_labels)].mean()
    wanted = train_labels if labels is None else labels
    return weights[bins.assign(wanted)] / mean


def label_shots(
    labels: ArrayLike,
    train_labels: ArrayLike,
    bins: LabelGroups,
    many_above: int = 100,
    few_below: int = 20,
) -> np.ndarray:
    """Whether each label is in a many-, median- or few-shot bin.

    A bin is many-shot with more than `many_above` training labels, few-shot
    with fewer than `few_below` (none included), and median-shot between. The
    benchmark list of STS-B-DIR is reproduced by `few_below=30`.

    Args:
        labels: Labels to look up, of the test set, say. Shape `(n,)`.
        train_labels: Labels to count. Shape `(m,)`.
        bins: Bins of the histogram, from `label_bins`.
        many_above: Defaults to `100`.
        few_below: Defaults to `20`.

    Returns:
        `"many"`, `"median"` or `"few"` per label. Shape `(n,)`.

    Examples:

    >>> bins = label_bins(0, 3, bin_width=1)
    >>> train = [0] * 101 + [1] * 20
    >>> label_shots([0, 1, 2], train, bins).tolist()
    ['many', 'median', 'few']

    Reference:
    - [Yang et al., 2021](https://arxiv.org/abs/2102.09554)
    """
    if not 0 <= few_below <= many_above:
        raise ValueError(
            "`few_below` must lie between 0 and `many_above`. Received: "
            f"few_below={few_below}, many_above={many_above}"
        )
    counts = bins.counts(train_labels)[bins.assign(labels)]
    return np.select(
        [counts > many_above, counts < few_below], ["many", "few"], "median"
    )
