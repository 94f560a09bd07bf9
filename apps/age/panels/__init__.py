"""The parts of `apps.age.report`: runs, numbers, and a file per panel."""
