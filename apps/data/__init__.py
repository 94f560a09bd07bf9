"""Data sets: each a function that returns a `keras_groupdir` problem."""
