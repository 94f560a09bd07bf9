"""A table to compare methods on."""

import numpy as np


def write_prices(path, count=60, scale=1):
    """A table whose price follows from its size; common sizes are small."""
    rng = np.random.default_rng(0)
    size = rng.exponential(20, count).round(2)
    rows = [f"{scale * (2 * s + 0.5):.2f},{s},{'ab'[int(s) % 2]}" for s in size]
    text = "\n".join(["price,size,kind", *rows]) + "\n"
    path.write_text(text, encoding="utf-8")
    return str(path)


def write_lines(path, *lines):
    """A text file of these lines."""
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return str(path)
