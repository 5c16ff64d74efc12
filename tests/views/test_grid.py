"""The rectangles over a grid lie exactly on the cells that they speak of."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from convoscope.views import grid


def times_covered(boxes, shape):
    """How many of the rectangles lie over the middle of each cell. -> shape."""
    side = max(shape)
    rows, columns = np.indices(shape)
    x = (1 - shape[1] / side) / 2 + (columns + 0.5) / side
    y = 1 - (1 - shape[0] / side) / 2 - (rows + 0.5) / side
    corners = zip(boxes["x"], boxes["y"], boxes["w"], boxes["h"], strict=True)
    return sum(((abs(x - cx) < w / 2) & (abs(y - cy) < h / 2)).astype(int) for cx, cy, w, h in corners) + np.zeros(shape, int)


def read_by_loops(shape, kernel_size, stride):
    """Every pixel of every window, marked one after the other."""
    read = np.zeros(shape, int)
    for top in range(0, shape[0] - kernel_size[0] + 1, stride[0]):
        for left in range(0, shape[1] - kernel_size[1] + 1, stride[1]):
            read[top : top + kernel_size[0], left : left + kernel_size[1]] = 1
    return read


SMALL = st.tuples(st.integers(1, 4), st.integers(1, 4))


@given(shape=st.tuples(st.integers(4, 12), st.integers(4, 12)), kernel_size=SMALL, stride=SMALL)
def test_exactly_the_cells_that_no_window_reads_are_covered_once(shape, kernel_size, stride):
    boxes = grid.unread(shape, kernel_size, stride)
    np.testing.assert_array_equal(times_covered(boxes, shape), 1 - read_by_loops(shape, kernel_size, stride))


@given(shape=st.tuples(st.integers(1, 9), st.integers(1, 9)))
def test_a_cover_hides_what_comes_later_in_row_order(shape):
    steps = shape[0] * shape[1]
    rows, columns = np.indices(shape).reshape(2, steps, 1)
    cover = grid.cover(rows, columns, shape)
    for step in range(steps):
        boxes = {name: column[step] for name, column in cover.items()}
        np.testing.assert_array_equal(times_covered(boxes, shape).ravel(), np.arange(steps) > step)
