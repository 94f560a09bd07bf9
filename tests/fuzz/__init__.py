"""Nasty but legal batches, see `python -m tests.fuzz --help`."""
