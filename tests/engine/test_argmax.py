"""The pixel that wins a window of max-pooling holds its maximum, and no pixel before it in row order does."""

import numpy as np
import pytest
from hypothesis import given

from convoscope.engine import max_pool2d, max_pool2d_argmax

from .strategies import Case, many, pool_cases


def winner_loops(image, kernel_size, stride, padding, i, j):
    """The first largest pixel of window (i, j), found by looking at one pixel after the other."""
    best = None
    for k in range(kernel_size[0]):
        for m in range(kernel_size[1]):
            row, column = i * stride[0] + k - padding[0], j * stride[1] + m - padding[1]
            inside = 0 <= row < image.shape[0] and 0 <= column < image.shape[1]
            if inside and (best is None or image[row, column] > image[best]):
                best = row, column
    return best


@many
@given(pool_cases())
def test_the_winner_is_the_first_maximum(case: Case):
    rows, columns = max_pool2d_argmax(case.x, **case.settings)
    out = max_pool2d(case.x, **case.settings)
    assert rows.shape == columns.shape == out.shape
    for n, c, i, j in np.ndindex(out.shape):
        found = winner_loops(case.x[n, c], **case.settings, i=i, j=j)
        assert (rows[n, c, i, j], columns[n, c, i, j]) == found
        assert case.x[n, c][found] == out[n, c, i, j]


@pytest.mark.parametrize(
    ("window", "place"),
    [([[1, 2], [2, 2]], (0, 1)), ([[0, 0], [0, 0]], (0, 0)), ([[1, 2], [3, 2]], (1, 0)), ([[-3, -2], [-1, -1]], (1, 0))],
)
def test_a_tie_goes_to_the_first_in_row_order(window, place):
    rows, columns = max_pool2d_argmax(np.array([[window]], float), 2)
    assert (rows.item(), columns.item()) == place
