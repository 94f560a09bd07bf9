"""Writes the tables: `python -m tests.ecosystem`."""

from tests.ecosystem.tables import ROOT
from tests.ecosystem.tables import TABLES
from tests.ecosystem.tables import with_table

if __name__ == "__main__":
    for page in TABLES:
        (ROOT / page).write_text(with_table(page), encoding="utf-8")
