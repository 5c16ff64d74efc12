"""A drawing is cropped, scaled into 20×20 and centred by its mass; each stage is right by itself."""

import numpy as np
import pytest

from convoscope.engine import ShapeError, mnist_digit
from convoscope.engine.digits import area_shares, centre_of_mass, ink_bounding_box, scale_into_box


def bar(top, left, height, width, shape=(280, 280)):
    drawing = np.zeros(shape)
    drawing[top : top + height, left : left + width] = 1
    return drawing


def test_stages_of_a_bar():
    stages = mnist_digit(bar(20, 30, 80, 20))
    assert stages.bounding_box == (20, 30, 100, 50)
    assert stages.cropped.shape == (80, 20)
    assert stages.scaled.shape == (20, 5)
    np.testing.assert_allclose(stages.scaled, 1, rtol=1e-12)
    assert stages.centre_of_mass == pytest.approx((10, 2.5))
    assert stages.offset == (4, 12)
    assert stages.field.dtype == np.float32
    np.testing.assert_allclose(stages.field[4:24, 12:17], 1, rtol=1e-6)
    assert stages.field.sum() == pytest.approx(100)


@pytest.mark.parametrize("top", [0, 7, 200])
@pytest.mark.parametrize("left", [0, 13, 230])
def test_where_it_is_drawn_does_not_matter(top, left):
    rng = np.random.default_rng(0)
    digit = rng.random((60, 40))
    drawing = np.zeros((280, 280))
    drawing[top : top + 60, left : left + 40] = digit
    corner = np.zeros((60, 40))
    corner[...] = digit
    np.testing.assert_allclose(mnist_digit(drawing).field, mnist_digit(corner).field, atol=1e-6)


@pytest.mark.parametrize("factor", [2, 3, 7])
def test_how_large_it_is_drawn_does_not_matter(factor):
    digit = np.random.default_rng(0).random((20, 14))
    larger = np.kron(digit, np.ones((factor, factor)))
    np.testing.assert_allclose(mnist_digit(larger).field, mnist_digit(digit).field, atol=1e-6)


@pytest.mark.parametrize(("size", "new_size"), [(80, 20), (53, 20), (7, 20), (20, 20), (1, 20), (280, 1)])
def test_scaling_averages(size, new_size):
    shares = area_shares(size, new_size)
    np.testing.assert_allclose(shares.sum(axis=1), 1, rtol=1e-12)
    np.testing.assert_allclose(shares.sum(axis=0), new_size / size, rtol=1e-9)  # every old pixel counts alike
    fine = np.kron(np.arange(size), np.ones(new_size)).reshape(new_size, size).mean(axis=1)
    np.testing.assert_allclose(shares @ np.arange(size), fine, rtol=1e-12)  # the definition: split, then average


def test_stripes_thinner_than_a_pixel_become_grey_not_moire():
    stripes = np.tile([1.0, 0.0], (160, 80))
    np.testing.assert_allclose(scale_into_box(stripes), 0.5, rtol=1e-12)
    assert set(np.unique(stripes[::8, ::8])) == {1.0}  # what picking every eighth pixel would have given


def test_the_aspect_is_kept():
    assert scale_into_box(np.ones((200, 100))).shape == (20, 10)
    assert scale_into_box(np.ones((30, 120))).shape == (5, 20)
    assert scale_into_box(np.ones((1000, 3))).shape == (20, 1)


def test_the_mass_ends_in_the_middle():
    rng = np.random.default_rng(1)
    for _ in range(50):
        drawing = np.zeros((100, 100))
        for row, column in rng.integers(10, 80, (12, 2)):
            drawing[row : row + 8, column : column + 8] = rng.random()
        stages = mnist_digit(drawing)
        row, column = centre_of_mass(stages.field)
        at_edge = [offset in (0, 28 - size) for offset, size in zip(stages.offset, stages.scaled.shape, strict=True)]
        assert at_edge[0] or abs(row - 14) <= 0.5 + 1e-6
        assert at_edge[1] or abs(column - 14) <= 0.5 + 1e-6
        assert stages.field.sum() == pytest.approx(stages.scaled.sum(), rel=1e-5)  # no ink is lost


def test_a_digit_whose_mass_is_in_a_corner_stays_whole():
    drawing = np.zeros((100, 100))
    drawing[:10, :10] = drawing[99, 99] = 1
    for turned, offset in ((drawing, (8, 8)), (drawing[::-1, ::-1], (0, 0))):
        stages = mnist_digit(turned)
        assert stages.offset == offset
        assert stages.field.sum() == pytest.approx(stages.scaled.sum(), rel=1e-5)


def test_faint_smudges_do_not_count_as_ink():
    drawing = bar(100, 100, 40, 40)
    drawing[0, 0] = 0.05
    assert ink_bounding_box(drawing) == (100, 100, 140, 140)
    assert ink_bounding_box(drawing * 0.01) == (100, 100, 140, 140)


def test_bytes_and_shares_are_the_same_drawing():
    drawing = bar(5, 5, 10, 4, (28, 28))
    np.testing.assert_array_equal(mnist_digit((drawing * 255).astype(np.uint8)).field, mnist_digit(drawing).field)


def test_the_drawing_itself_is_left_alone():
    drawing = bar(5, 5, 10, 4, (28, 28))
    before = drawing.copy()
    mnist_digit(drawing)
    np.testing.assert_array_equal(drawing, before)


@pytest.mark.parametrize(
    ("drawing", "sentence"),
    [
        (np.zeros((28, 28)), "the drawing is empty; draw a digit first"),
        (np.zeros((28, 28), np.uint8), "the drawing is empty"),
        (np.ones(784), r"shape \(784,\)"),
        (np.ones((28, 28, 3)), "give one grey image"),
        (np.ones((0, 28)), "rows and columns must be 1 to 1024"),
        (np.ones((1025, 2)), "rows and columns must be 1 to 1024"),
        (np.full((28, 28), np.nan), "outside 0..1"),
        (np.full((28, 28), -0.1), "outside 0..1"),
        (np.full((28, 28), 255.0), "or as uint8 from 0 to 255"),
    ],
)
def test_what_is_no_drawing_is_refused_with_a_sentence(drawing, sentence):
    with pytest.raises((ShapeError, ValueError), match=sentence):
        mnist_digit(drawing)
