"""Gradients: the backward pass of each layer of a CNN, with numbers, and one step of SGD through a small network."""
