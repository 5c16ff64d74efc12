"""Places in the wide and the narrow arrangement lie where grids stand, in shares of the drawing."""

import dataclasses

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from convoscope.views import grid
from convoscope.views.arrangement import Arrangement, Slot, Spot, both, column_names, letter_height, numbered, with_empty
from convoscope.views.pointing import Pointed, pointing, pointing_at_all
from convoscope.views.trace import Texts, column_array, over_steps

WIDE, NARROW = Arrangement("wide", 36, 16, 0.6), Arrangement("narrow", 18, 30, 0.7)
SIZES = st.tuples(st.integers(1, 6), st.integers(1, 6))
SPOTS = st.builds(Spot, st.floats(0, 5), st.floats(0, 5), st.floats(0.1, 1.5))


@given(spot=SPOTS, shape=SIZES, its=st.sampled_from([WIDE, NARROW]))
def test_the_cells_of_a_grid_fill_its_area(spot, shape, its):
    cells = its.cells(spot, *np.indices(shape).reshape(2, -1))
    left, top, width, height = its.area(spot, shape)
    edges = [cells["x"] - cells["w"] / 2, cells["x"] + cells["w"] / 2, cells["y"] - cells["h"] / 2, cells["y"] + cells["h"] / 2]
    ends = [edges[0].min(), edges[1].max(), 1 - edges[3].max(), 1 - edges[2].min()]
    np.testing.assert_allclose(ends, [left, left + width, top, top + height], atol=1e-5)
    np.testing.assert_allclose((cells["w"] * cells["h"]).sum(), width * height, rtol=1e-4)


@given(spot=SPOTS, shape=SIZES)
def test_a_cover_in_an_arrangement_hides_what_comes_later_in_row_order(spot, shape):
    rows, columns = np.indices(shape).reshape(2, -1, 1)
    cover, cells = WIDE.cover(spot, rows, columns, shape), WIDE.cells(spot, rows, columns)
    for step in range(rows.size):
        box = {name: column[step] for name, column in cover.items()}
        hidden = (abs(cells["x"] - box["x"]) < box["w"] / 2) & (abs(cells["y"] - box["y"]) < box["h"] / 2)
        np.testing.assert_array_equal(hidden.sum(axis=1), np.arange(rows.size) > step)


def test_what_moves_along_one_axis_only_is_computed_once_for_it():
    rows, columns = np.arange(4).reshape(-1, 1, 1), np.arange(3).reshape(1, -1, 1)
    cells = WIDE.cells(Spot(1, 1), rows, columns)
    assert {name: column.shape for name, column in cells.items()} == {"x": (1, 3, 1), "y": (4, 1, 1), "w": (1,), "h": (1,)}
    for name, column in cells.items():
        whole = np.broadcast_to(column, (4, 3, 1)).reshape(12, 1)
        np.testing.assert_array_equal(column_array(over_steps(column, (4, 3))), whole, name)


def test_a_slot_makes_square_cells_as_large_as_fit():
    slot = Slot(1, 2, 6, 4, largest_cell=1.5)
    assert slot.spot((4, 4)) == Spot(1, 2, 1)
    assert slot.spot((1, 8)) == Spot(1, 2, 0.75)
    assert slot.spot((1, 1)) == Spot(1, 2, 1.5)
    assert slot.point(1, 1) == (7, 2)


def test_both_arrangements_share_a_source_and_what_is_not_drawn_is_empty():
    table = {"marks": ("color", "x y w h"), "grids": ("text shade", "x y w h size")}
    assert column_names(table, "marks")[:3] == ["color", "wide_x", "wide_y"]
    columns = both((WIDE, NARROW), lambda its: its.cells(Spot(0, 0), np.zeros(1), np.zeros(1)))
    assert (float(columns["wide_w"][0]), float(columns["narrow_w"][0])) == (np.float32(1 / 36), np.float32(1 / 18))
    still = with_empty(table, {"marks": columns}, {})
    assert set(still["grids"]) == set(column_names(table, "grids"))
    assert {len(column_array(column)) for column in still["grids"].values()} == {0}


@given(values=st.lists(st.floats(-999, 999), min_size=1, max_size=6))
def test_numbered_grids_have_letters_that_fit_the_smallest_cell(values):
    one, other = np.array([values]), np.array([[np.nan, 1.0]])
    spots = (Spot(0, 0, 1.2), Spot(0, 3, 0.8))
    columns = numbered((WIDE, NARROW), [one, other], lambda its: spots, [1000, 1], grid.written)
    longest = max(len(text) for text in columns["text"].tolist())
    assert columns["text"].tolist()[-2:] == ["", "1"]
    assert columns["wide_size"][0] * 36 * longest <= 1.6 * 0.8 + 1e-5
    assert letter_height(Texts.of(["1"]), 2.0) == 1.0
    assert {len(column_array(column)) for column in columns.values()} == {len(values) + 2}


def test_pointing_tells_where_each_grid_stands_and_when():
    grids = [Pointed("a_values", "A", (0, 0, 0.5, 1), first=3), Pointed("b_values", "B", (0.5, 0, 0.5, 1), shown=(2, 5))]
    source = pointing([*grids, dataclasses.replace(grids[0], answer=True)], steps=9)
    assert source["title"].tolist() == ["A", "B", "A"]
    assert source["first"].tolist() == [3, -1, 3]
    assert (source["begin"].tolist(), source["end"].tolist()) == ([0, 2, 0], [9, 5, 9])
    assert (source["left"].tolist(), source["answer"].tolist()) == ([0, 0.5, 0], [0, 0, 1])
    assert pointing_at_all("p", "P")["width"].tolist() == [1]
