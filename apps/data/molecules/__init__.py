"""Melting and boiling points of molecules, from their SMILES."""
