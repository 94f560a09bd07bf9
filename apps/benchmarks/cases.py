"""What the benchmark measures."""

LOSS_SIZES: dict[str, tuple[int, ...]] = {
    "kept": (128, 512, 1024, 4096, 16384),
    "tiled": (128, 512, 1024, 4096, 16384),
    "unsized": (128, 512, 1024, 4096, 16384),
    "autodiff": (128, 512, 1024, 4096),
    "row_sort": (128, 512, 1024, 4096),
    "loop": (128, 512, 1024),
    "plain": (128, 512, 1024, 4096, 16384),
}
WIDTHS = (128, 1024)
# Measured at one width: the time stands beside every other case, and the
# memory is that of all pairs.
AT_ONE_WIDTH = ("plain",)
BACKENDS = ("tensorflow", "jax", "torch")
# Elsewhere the size of a batch is always known.
ON_TENSORFLOW = ("unsized",)
ENCODER = ("2560", "128")

LossCase = tuple[str, str, int, int]


def loss_cases(backends: tuple[str, ...], largest: int) -> list[LossCase]:
    """Backend, form, batch and features of every case, smallest first.

    Args:
        backends: Which of `BACKENDS`.
        largest: Largest batch.
    """
    cases = [
        (backend, form, batch, width)
        for form, batches in LOSS_SIZES.items()
        for batch in batches
        for width in WIDTHS
        for backend in backends
        if batch <= largest
        and (width == WIDTHS[0] or form not in AT_ONE_WIDTH)
        and (backend == "tensorflow" or form not in ON_TENSORFLOW)
    ]
    return sorted(cases, key=lambda case: case[2])
