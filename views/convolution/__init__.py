"""Convolution: a kernel slides over an image, one output cell a step."""
