"""A pure-NumPy engine for convolutional networks, written to be read."""
