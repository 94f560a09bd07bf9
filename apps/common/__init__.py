"""What the apps share: results files, flags, checkpoints, serving."""
