"""HOG and SIFT: the fast forms are the definitions, and what must not change when a picture changes does not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convoscope.engine import (
    Keypoint,
    ShapeError,
    Similarity,
    cell_histograms,
    cell_histograms_loops,
    describe,
    describe_loops,
    gaussian_blur,
    gaussian_kernel,
    hog,
    match,
    normalise_block,
    sift,
    warp,
)
from convoscope.engine.hog import NORMS, VOTES, blocks_of, cells_of_blocks
from convoscope.engine.keypoints import TESTS, extrema_of, neighbours
from convoscope.engine.scale_space import scale_space
from convoscope.engine.sift import turned_patch

from .strategies import some


def blobs(seed, side=96, count=24):
    """A smooth picture of light and dark spots. -> (side, side) of 0..1"""
    rng = np.random.default_rng(seed)
    row, column = np.indices((side, side))
    image = np.zeros((side, side))
    for r, c, size, height in zip(*rng.uniform((12, 12, 2, -1), (side - 12, side - 12, 6, 1), (count, 4)).T, strict=True):
        turned = np.cos(r) * (row - r) + np.sin(r) * (column - c), np.cos(r) * (column - c) - np.sin(r) * (row - r)
        image += height * np.exp(-(turned[0] ** 2 + turned[1] ** 2 / 3) / (2 * size**2))
    return (image - image.min()) / np.ptp(image)


@some
@given(st.integers(0, 99), st.sampled_from(VOTES), st.integers(1, 7), st.integers(1, 12))
def test_the_histograms_are_the_loops(seed, votes, cell, bins):
    image = np.random.default_rng(seed).uniform(0, 255, (11, 9))
    fast, loops = (make(image, cell=cell, bins=bins, votes=votes) for make in (cell_histograms, cell_histograms_loops))
    np.testing.assert_allclose(fast, loops, rtol=0, atol=1e-12 * 255)
    assert fast.shape == (11 // cell, 9 // cell, bins)


def test_no_vote_is_lost_and_none_is_made():
    image = np.random.default_rng(1).uniform(0, 255, (16, 16))
    totals = [cell_histograms(image, cell=4, votes=votes).sum() for votes in VOTES[:2]]
    assert totals[0] == pytest.approx(totals[1], rel=1e-12)
    whole = cell_histograms(np.pad(image, 8, constant_values=0.0), cell=4, votes="trilinear").sum()
    assert whole == pytest.approx(cell_histograms(np.pad(image, 8, constant_values=0.0), cell=4).sum(), rel=1e-12)


def test_an_upright_edge_votes_for_its_direction_and_the_negative_picture_alike():
    image = np.repeat([[0.0, 0, 0, 90, 90, 90, 90, 90]], 8, axis=0)
    histogram = cell_histograms(image, bins=4, votes="nearest")[0, 0]
    assert histogram.tolist() == [90 * 16 / 64, 0, 0, 0]
    shared = cell_histograms(image, bins=4)[0, 0]  # 0° lies between the last bin's 157.5° and the first one's 22.5°
    assert shared.tolist() == [45 * 16 / 64, 0, 0, 45 * 16 / 64]
    np.testing.assert_allclose(hog(255 - image, block=1), hog(image, block=1))


@pytest.mark.parametrize("norm", NORMS)
def test_a_block_does_not_depend_on_the_light(norm):
    block = np.random.default_rng(2).uniform(0, 40, 36)
    assert np.abs(normalise_block(1.7 * block, norm) - normalise_block(block, norm)).max() < 1e-5
    assert np.isfinite(normalise_block(np.zeros(36), norm)).all()


def test_what_does_not_fit_is_refused_with_a_sentence():
    image = np.zeros((20, 20))
    for call, sentence in (
        (lambda: hog(image, block=4), "use smaller cells or blocks"),
        (lambda: hog(image, cell=21), "try cell=8"),
        (lambda: hog(image, votes="many"), "choose one of nearest"),
        (lambda: hog(image, norm="L3"), "choose one of L1"),
        (lambda: hog(np.zeros((3, 20, 20))), "one grey image"),
        (lambda: scale_space(np.zeros((4, 9))), "6 a side"),
        (lambda: match(np.zeros((2, 128), np.uint8), np.zeros((2, 64), np.uint8)), "cannot be compared"),
    ):
        with pytest.raises(ShapeError, match=sentence):
            call()


def test_a_blur_keeps_the_mean_and_two_blurs_add_up():
    image = np.random.default_rng(3).uniform(size=(40, 30))
    assert gaussian_kernel(1.6).sum() == pytest.approx(1, abs=1e-15)
    assert gaussian_blur(image, 2.0).mean() == pytest.approx(image.mean(), abs=1e-12)
    twice = gaussian_blur(gaussian_blur(image, 3.0), 4.0)
    assert np.abs(twice - gaussian_blur(image, 5.0)).max() < 2e-3


def test_an_extremum_is_beyond_its_26_neighbours():
    differences = np.random.default_rng(4).normal(size=(5, 20, 20))
    places = {tuple(place) for place in extrema_of(differences).tolist()}
    assert len(places) > 20
    for place in np.ndindex(5, 20, 20):
        if all(0 < one < size - 1 for one, size in zip(place, differences.shape, strict=True)):
            others = np.delete(neighbours(differences, np.array(place)).ravel(), 13)
            beyond = differences[place] > others.max() or differences[place] < others.min()
            assert (place in places) == beyond


def test_a_round_spot_is_found_where_it_is_with_its_size():
    row, column = np.indices((64, 64))
    image = np.exp(-((row - 30.3) ** 2 + (column - 35.6) ** 2) / (2 * 4.0**2))
    found = sift(image)
    best = max(found.keypoints, key=lambda one: abs(found.extrema.value[one.extremum]))
    assert np.hypot(best.row - 30.3, best.column - 35.6) < 0.1
    assert best.sigma == pytest.approx(4.0, rel=0.15)


def test_an_even_picture_has_no_keypoints_and_the_counts_add_up():
    empty = sift(np.full((40, 40), 0.4))
    assert (len(empty.keypoints), empty.descriptors.shape) == (0, (0, 128))
    assert len(match(empty.descriptors, empty.descriptors).first) == 0
    extrema = sift(blobs(5)).extrema
    assert list(extrema.counts()) == [*TESTS, "accepted"]
    assert sum(extrema.counts().values()) == len(extrema.status) > len(extrema.accepted) > 5


@pytest.mark.parametrize("similarity", [Similarity(90), Similarity(25, 1.2), Similarity(0, 0.8, (3, -5))], ids=str)
def test_keypoints_follow_the_picture(similarity):
    image = blobs(6)
    first, second = sift(image), sift(warp(image, similarity, outside=float(image.mean())))
    pairs = match(first.descriptors, second.descriptors)
    assert len(pairs.first) >= 8
    places = np.array([(one.row, one.column) for one in first.keypoints])
    others = np.array([(one.row, one.column) for one in second.keypoints])
    apart = np.hypot(*(similarity.moved(places, image.shape)[pairs.first] - others[pairs.second]).T)
    assert np.mean(apart < 2) >= 0.8
    right = [(first.keypoints[a], second.keypoints[b]) for a, b in zip(pairs.first, pairs.second, strict=True)]
    turns = [np.rad2deg(b.angle - a.angle) % 360 for (a, b), far in zip(right, apart, strict=True) if far < 2]
    assert np.median(np.abs((np.array(turns) - similarity.turn + 180) % 360 - 180)) < 6
    sizes = [b.sigma / a.sigma for (a, b), far in zip(right, apart, strict=True) if far < 2]
    assert np.median(sizes) == pytest.approx(similarity.scale, rel=0.1)


def test_a_descriptor_is_the_sum_of_its_votes():
    features = sift(blobs(8, 48, 9))
    for one in features.keypoints[:3]:
        both = [make(features.octaves[one.octave], one) for make in (describe, describe_loops)]
        np.testing.assert_allclose(*both, rtol=0, atol=1e-13)
        assert both[0].sum() > 0.01


def test_a_cell_has_the_mean_of_the_blocks_that_hold_it():
    histograms = np.random.default_rng(9).uniform(size=(5, 4, 3))
    np.testing.assert_allclose(cells_of_blocks(blocks_of(histograms, 2), 2), histograms)


def test_the_turned_patch_is_what_the_descriptor_sees():
    row, column = np.indices((64, 64))
    image = (column - row) / 128 + 0.5  # brightest at the upper right
    octave = scale_space(image)[0]
    upright, turned = (turned_patch(octave, Keypoint(31, 31, 1.5, angle, 0, 1), 9) for angle in (0.0, -np.pi / 4))
    assert upright[0, -1] == upright.max()
    np.testing.assert_allclose(turned, np.repeat(turned[4:5], 9, axis=0), atol=0.01)  # along its angle it is brightest
    assert np.all(np.diff(turned[4]) > 0)


def test_a_similarity_and_its_origin_are_inverse():
    similarity, points = Similarity(33, 1.3, (4, -7)), np.random.default_rng(7).uniform(0, 50, (9, 2))
    np.testing.assert_allclose(similarity.origin(similarity.moved(points, (50, 40)), (50, 40)), points)
