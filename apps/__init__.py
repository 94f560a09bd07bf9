"""Scripts that train the library on real data; thin, with no method code."""
