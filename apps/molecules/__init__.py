"""Melting points from SMILES: plain, weighted and Group-DIR side by side."""
