"""Sizes are what counting gives, and the receptive field is what gradients reach."""

import numpy as np
import pytest
from hypothesis import given

from convoscope.engine import (
    ShapeError,
    Sliding,
    avg_pool2d_backward,
    conv2d,
    conv2d_backward,
    conv2d_terms,
    max_pool2d,
    max_pool2d_backward,
    output_size,
    output_sizes,
    receptive_field,
    shapes,
    sliding_windows,
)

from .strategies import many, some, st

LENET = [Sliding(5, padding=2), Sliding(2, stride=2), Sliding(5), Sliding(2, stride=2)]


@many
@given(*(st.integers(low, high) for low, high in ((1, 30), (1, 6), (1, 5), (0, 4), (1, 4))))
def test_output_size_counts_the_places_where_the_kernel_fits(size, kernel, stride, padding, dilation):
    places = range(-padding, size + padding - dilation * (kernel - 1), stride)
    settings = {"stride": stride, "padding": padding, "dilation": dilation}
    if len(places) == 0:
        with pytest.raises(ShapeError, match="use a smaller kernel"):
            output_size(size, kernel, **settings)
    else:
        assert output_size(size, kernel, **settings) == len(places)


def test_the_padding_that_is_advised_is_enough():
    with pytest.raises(ShapeError, match="padding of at least 3"):
        output_size(2, 4, dilation=2, padding=1)
    assert output_size(2, 4, dilation=2, padding=3) == 2


def test_without_settings_every_place_counts_once():
    assert output_size(7, 3) == output_size(7, 3, stride=1, padding=0, dilation=1) == 5
    assert output_sizes(7, 3) == output_sizes((7, 7), (3, 3), stride=(1, 1), padding=(0, 0), dilation=(1, 1)) == (5, 5)
    assert receptive_field([Sliding(3)]) == receptive_field([Sliding((3, 3), (1, 1), (0, 0), (1, 1))])


def test_rows_and_columns_are_kept_apart():
    assert output_sizes((28, 20), (5, 3), stride=(1, 2), padding=(0, 1), dilation=(2, 1)) == (20, 10)
    with pytest.raises(ShapeError, match="only 4 high"):
        output_sizes((4, 9), 5)
    with pytest.raises(ShapeError, match="only 4 wide"):
        output_sizes((9, 4), 5)


def test_lenet5_sees_sixteen_pixels():
    assert receptive_field(LENET).size == (16, 16)
    assert receptive_field(LENET).stride == (4, 4)
    assert receptive_field([]).size == (1, 1)


layers = st.builds(
    Sliding,
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.tuples(st.integers(1, 2), st.integers(1, 2)),
    st.tuples(st.integers(0, 2), st.integers(0, 2)),
    st.tuples(st.integers(1, 2), st.integers(1, 2)),
)


@some
@given(st.lists(layers, min_size=1, max_size=3), st.data())
def test_the_receptive_field_is_where_the_gradient_of_one_cell_lives(chain, data):
    """Positive weights everywhere, so that the frame around the non-zero gradients is the field, cut at the image."""
    maps, weights, settings = [np.ones((1, 1, 29, 31))], [], []
    for layer in chain:
        settings.append({"stride": layer.stride, "padding": layer.padding, "dilation": layer.dilation})
        weights.append(np.ones((1, 1, *layer.kernel_size)))
        maps.append(conv2d(maps[-1], weights[-1], **settings[-1]))
    row, column = (data.draw(st.integers(0, size - 1)) for size in maps[-1].shape[2:])
    gradient = np.zeros_like(maps[-1])
    gradient[0, 0, row, column] = 1.0
    for before, weight, chosen in reversed(list(zip(maps[:-1], weights, settings, strict=True))):
        gradient = conv2d_backward(gradient, before, weight, **chosen)[0]
    top, left, bottom, right = receptive_field(chain).bounds(row, column)
    reached = np.argwhere(gradient[0, 0])
    inside = np.zeros((29, 31), bool)
    inside[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = True
    assert all(inside[tuple(pixel)] for pixel in reached)
    if top >= 0 and left >= 0 and bottom <= 29 and right <= 31 and not np.array(padding_of(chain)).any():
        assert (*reached.min(axis=0), *(reached.max(axis=0) + 1)) == (top, left, bottom, right)


def padding_of(chain):
    return [layer.padding for layer in chain]


CALLS = {
    "conv2d": lambda x, w: conv2d(x, w, stride=2, padding=1),
    "conv2d_backward": lambda x, w: conv2d_backward(np.ones((1, 1, 4, 4)), x, w, stride=2, padding=1),
    "conv2d_terms": lambda x, w: conv2d_terms(x[0], w[0], padding=1),
    "sliding_windows": lambda x, w: sliding_windows(x, 3, padding=1),
    "max_pool2d": lambda x, w: max_pool2d(x, 3, stride=2, padding=1),
    "max_pool2d_backward": lambda x, w: max_pool2d_backward(np.ones((1, 1, 4, 4)), x, 3, stride=2, padding=1),
    "avg_pool2d_backward": lambda x, w: avg_pool2d_backward(np.ones((1, 1, 4, 4)), x, 3, stride=2, padding=1),
}


@pytest.mark.parametrize("name", CALLS)
def test_the_geometry_is_read_once_in_each_call(name, monkeypatch):
    """kernel size, stride, padding and dilation, each once, however many helpers need them."""
    read, names = shapes.pair, []

    def noted(value, name, *, at_least):
        names.append(name)
        return read(value, name, at_least=at_least)

    monkeypatch.setattr(shapes, "pair", noted)
    CALLS[name](np.ones((1, 1, 8, 8)), np.ones((1, 1, 3, 3)))
    assert names == ["kernel_size", "stride", "padding", "dilation"]
