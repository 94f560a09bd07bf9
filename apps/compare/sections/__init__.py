"""The parts of `apps.compare.report` that are text."""
