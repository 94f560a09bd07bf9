"""Faces with ages: data sets, batches, encoders and a problem of them."""
