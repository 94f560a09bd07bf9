"""Group-DIR against a plain regression on diamond prices."""
