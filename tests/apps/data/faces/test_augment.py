import numpy as np
import pytest

from apps.data.faces.augment import crop_and_flip
from apps.data.faces.augment import padding_of


def numbered(count=50, size=6):
    """Images whose every pixel is different, and not black."""
    pixels = 1 + np.arange(size * size).reshape(1, size, size, 1)
    return np.broadcast_to(pixels, (count, size, size, 3)).astype("uint8")


def windows(image, padding):
    """Every cut of the frame, and its mirror image."""
    size = len(image)
    frame = np.zeros((size + 2 * padding, size + 2 * padding, 3), "uint8")
    frame[padding:-padding, padding:-padding] = image
    for top in range(2 * padding + 1):
        for left in range(2 * padding + 1):
            window = frame[top : top + size, left : left + size]
            yield window.tobytes()
            yield window[:, ::-1].tobytes()


def test_each_image_is_a_window_of_its_frame():
    images = numbered()
    result = crop_and_flip(images, np.random.default_rng(0), padding=2)
    assert result.dtype == np.uint8
    possible = set(windows(images[0], 2))
    seen = {image.tobytes() for image in result}
    assert seen <= possible
    assert len(seen) > 25  # of 50 among 50


def test_about_half_are_mirrored():
    images = numbered(count=400)
    result = crop_and_flip(images, np.random.default_rng(0), padding=1)
    row = result[:, 3, :, 0].astype(int)
    middle = row[:, 2:4]
    assert 0.4 < np.mean(middle[:, 0] > middle[:, 1]) < 0.6


def test_the_source_is_left_alone():
    images = numbered()
    images.flags.writeable = False
    crop_and_flip(images, np.random.default_rng(0), padding=2)


@pytest.mark.parametrize(("size", "padding"), [(224, 16), (64, 5), (8, 1)])
def test_padding_keeps_the_proportion_of_the_benchmark(size, padding):
    assert padding_of(size) == padding
