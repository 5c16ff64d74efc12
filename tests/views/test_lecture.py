"""The convolution view shows the lecture's numbers, cell by cell, in the lecture's order."""

import numpy as np
import pytest

from convoscope.engine import conv2d_loops
from convoscope.views.convolution.kernels import KERNELS
from convoscope.views.convolution.lesson import ConvolutionSettings, compute
from convoscope.views.images import LECTURE_IMAGE

# Slides 37-46, reconstructed in the lecture's notes.
PRINTED = {
    "basic": [[3, 2, 2, 3, 1], [2, 0, 2, 1, 0], [2, 2, 1, 0, 0], [3, 1, 0, 0, 0], [1, 0, 0, 0, 0]],
    "identity": [[1, 1, 1, 1, 1], [1, 0, 0, 1, 0], [1, 0, 1, 0, 0], [1, 1, 0, 0, 0], [1, 0, 0, 0, 0]],
    "blur": [
        [0.4, 0.5, 0.5, 0.5, 0.4],
        [0.5, 0.6, 0.5, 0.6, 0.3],
        [0.5, 0.5, 0.4, 0.2, 0.1],
        [0.5, 0.6, 0.2, 0.1, 0],
        [0.4, 0.3, 0.1, 0, 0],
    ],
}


def output_of(trace):
    values = trace.static["output_values"]
    shape = values["row"].max() + 1, values["column"].max() + 1
    return values["value"].reshape(shape)


@pytest.mark.parametrize("kernel", PRINTED)
def test_the_output_is_the_slides(kernel):
    trace = compute(ConvolutionSettings(kernel=kernel))
    np.testing.assert_allclose(output_of(trace), PRINTED[kernel], atol=1e-6)


def test_the_sentences_are_the_sums_of_the_slides():
    trace = compute(ConvolutionSettings())
    assert len(trace) == 25
    assert trace.sentences[0] == "output[0, 0] = 0×0 + 0×0 + 0×0 + 0×0 + 1×1 + 1×1 + 0×0 + 1×1 + 0×0 = 3"
    assert [sentence.rpartition("= ")[2] for sentence in trace.sentences] == [
        str(number) for row in PRINTED["basic"] for number in row
    ]


def test_a_negative_weight_is_written_in_parentheses_with_a_true_minus():
    trace = compute(ConvolutionSettings(kernel="sobel_x"))
    assert trace.sentences[0] == "output[0, 0] = 0×(−1) + 0×0 + 0×1 + 0×(−2) + 1×0 + 1×2 + 0×(−1) + 1×0 + 0×1 = 2"


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (3, 2), (4, 0)])
def test_every_kernel_gives_what_the_definition_gives(kernel, stride, padding):
    trace = compute(ConvolutionSettings(kernel=kernel, stride=stride, padding=padding))
    weight = np.array(KERNELS[kernel], float)[None, None]
    rings = tuple(min(padding, size - 1) for size in weight.shape[2:])  # more would add zeros only
    expected = conv2d_loops(LECTURE_IMAGE[None, None], weight, stride=stride, padding=rings)[0, 0]
    np.testing.assert_allclose(output_of(trace), expected, atol=1e-5)
    assert len(trace) == expected.size
