"""How the samples of a batch are compared; used by the losses."""
