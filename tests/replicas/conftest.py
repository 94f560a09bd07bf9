"""The scripts set up devices as they are imported: not by pytest."""

collect_ignore = ["scripts"]
