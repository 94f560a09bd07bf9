"""From the bytes of an image file to pixels."""

import io
import struct

import numpy as np
from PIL import Image
from PIL import ImageOps

# What Pillow raises on files that are damaged or no images.
PILLOW_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    IndexError,
    struct.error,
    Image.DecompressionBombError,
)


class UnreadableImage(Exception):
    """The bytes are damaged, cut short, or no image."""


def decode_image(jpeg: bytes, size: int) -> np.ndarray:
    """Decodes an image file and stretches it to a square.

    Args:
        jpeg: What the file holds; any format that Pillow knows. What EXIF
            says of its rotation is done, and 16 bits become 8; floats and 32
            bits are refused, as nobody says which of them is white.
        size: Side of the square, in pixels.

    Returns:
        RGB pixels, uint8. Shape `(size, size, 3)`.

    Raises:
        UnreadableImage: If the bytes are damaged, cut short, or no image.
    """
    try:
        with Image.open(io.BytesIO(jpeg)) as file:
            _check_mode(file)
            image = ImageOps.exif_transpose(file)
            if image.mode.startswith("I;16"):
                image = Image.fromarray(np.uint8(np.asarray(image) >> 8))
            square = image.convert("RGB").resize(
                (size, size), Image.Resampling.BILINEAR
            )
    except PILLOW_ERRORS as error:
        raise UnreadableImage(str(error)) from error
    return np.asarray(square)


def check_image(jpeg: bytes) -> None:
    """Raises `UnreadableImage` if `decode_image` would.

    Reads every byte, but makes an eighth of the pixels, which is faster.
    """
    try:
        with Image.open(io.BytesIO(jpeg)) as image:
            _check_mode(image)
            image.draft("RGB", (1, 1))
            image.load()
    except PILLOW_ERRORS as error:
        raise UnreadableImage(str(error)) from error


def _check_mode(image: Image.Image) -> None:
    if image.mode in ("I", "F"):
        raise ValueError("it has pixels of 32 bits, which have no white")
