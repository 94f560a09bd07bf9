"""Every method on one data set, with the same budget for each."""
