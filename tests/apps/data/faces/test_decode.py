"""Pixels from files."""

import io

import numpy as np
import pytest
from PIL import Image

from apps.data.faces.decode import UnreadableImage
from apps.data.faces.decode import check_image
from apps.data.faces.decode import decode_image


def _encode(pixels, form="JPEG", mode=None):
    file = io.BytesIO()
    image = Image.fromarray(np.asarray(pixels, dtype="uint8"))
    (image.convert(mode) if mode else image).save(file, form)
    return file.getvalue()


def _left_red_right_blue(height=20, width=40):
    pixels = np.zeros((height, width, 3))
    pixels[:, : width // 2, 0] = 255
    pixels[:, width // 2 :, 2] = 255
    return pixels


def test_an_image_becomes_a_square_in_rgb():
    pixels = decode_image(_encode(_left_red_right_blue()), size=8)
    assert pixels.shape == (8, 8, 3)
    assert pixels.dtype == np.uint8
    np.testing.assert_allclose(pixels[:, 0], [[255, 0, 0]] * 8, atol=12)
    np.testing.assert_allclose(pixels[:, -1], [[0, 0, 255]] * 8, atol=12)


def test_shrinking_averages():
    # Bilinear with Pillow: every pixel of the stripes counts.
    stripes = np.tile([[0], [255]], (32, 64)).reshape(64, 64)
    pixels = decode_image(_encode(stripes, "PNG"), size=8)
    np.testing.assert_allclose(pixels, 127, atol=8)


@pytest.mark.parametrize("mode", ["L", "CMYK"])
def test_other_colour_models_become_rgb(mode):
    pixels = decode_image(_encode(np.full((8, 8, 3), 200), mode=mode), size=4)
    np.testing.assert_allclose(pixels, 200, atol=3)


@pytest.mark.parametrize("read", [lambda b: decode_image(b, 8), check_image])
@pytest.mark.parametrize(
    "damage",
    [lambda b: b"", lambda b: b"no image", lambda b: b[:-40], lambda b: b[9:]],
    ids=["empty", "text", "cut short", "without a start"],
)
def test_a_damaged_file_is_unreadable(read, damage):
    rng = np.random.default_rng(0)
    content = _encode(rng.integers(0, 256, (40, 40, 3)))
    read(content)
    with pytest.raises(UnreadableImage, match=r"\w"):
        read(damage(content))


def test_no_damage_gets_past_the_check():
    """What is stored can be decoded later, whatever bytes were hit."""
    rng = np.random.default_rng(0)
    content = _encode(rng.integers(0, 256, (40, 40, 3)))
    unreadable = 0
    for _ in range(300):
        damaged = np.frombuffer(content, dtype="uint8").copy()
        at = rng.integers(0, 700, size=3)  # mostly in the headers
        damaged[at] = rng.integers(0, 256, size=3)
        try:
            check_image(damaged.tobytes())
        except UnreadableImage:
            unreadable += 1
        else:
            decode_image(damaged.tobytes(), 8)
    assert 0 < unreadable < 300


def _save(image, form, **others):
    file = io.BytesIO()
    image.save(file, form, **others)
    return file.getvalue()


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_sixteen_bits_become_eight(form):
    pixels = np.repeat([[0, 10_000, 65_535]], 3, axis=0).astype("uint16")
    content = _save(Image.fromarray(pixels), form)
    check_image(content)
    found = decode_image(content, size=3)
    np.testing.assert_array_equal(found[0, :, 1], [0, 39, 255])


@pytest.mark.parametrize("kind", ["float32", "int32"])
@pytest.mark.parametrize("read", [lambda b: decode_image(b, 8), check_image])
def test_pixels_without_a_white_are_refused(read, kind):
    content = _save(Image.fromarray(np.full((8, 8), 0.5).astype(kind)), "TIFF")
    with pytest.raises(UnreadableImage, match="pixels of 32 bits"):
        read(content)


def test_what_the_camera_has_turned_is_turned_back():
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn to the right shows it as it was
    upright = Image.fromarray(_left_red_right_blue().astype("uint8"))
    lying = upright.transpose(Image.Transpose.ROTATE_90)
    found = decode_image(_save(lying, "JPEG", exif=exif), size=8)
    np.testing.assert_allclose(found[:, 0], [[255, 0, 0]] * 8, atol=12)
