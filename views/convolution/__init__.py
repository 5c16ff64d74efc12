"""Convolution: a kernel slides over an image, one output cell a step."""

from .. import shows

show = shows("convolution")
