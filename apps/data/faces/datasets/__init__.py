"""Faces with ages as datasets of tensorflow-datasets."""
