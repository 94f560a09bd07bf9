"""The benchmark's augmentation, on bytes and outside of the model."""

import numpy as np


def crop_and_flip(
    images: np.ndarray, rng: np.random.Generator, padding: int
) -> np.ndarray:
    """Shifts each image at random and mirrors every other one.

    Images are cut out of a frame with `padding` black pixels on each side, at
    their own size, as DIR does with 16 pixels at a size of 224. Inside the
    model these would be layers that keep XLA off.

    Args:
        images: uint8. Shape `(n, height, width, channels)`.
        rng: Source of the shifts and flips.
        padding: Pixels on each side.

    Returns:
        New images, uint8, of the same shape.
    """
    count, height, width, _ = images.shape
    frame = np.pad(images, [(0, 0), (padding,) * 2, (padding,) * 2, (0, 0)])
    corners = rng.integers(0, 2 * padding + 1, (count, 2))
    steps = np.where(rng.random(count) < 0.5, -1, 1)
    result = np.empty_like(images)
    for i, ((top, left), step) in enumerate(zip(corners, steps, strict=True)):
        crop = frame[i, top : top + height, left : left + width]
        result[i] = crop[:, ::step]
    return result


def padding_of(image_size: int) -> int:
    """DIR's 16 pixels, in proportion to its size of 224."""
    return max(1, round(image_size * 16 / 224))
