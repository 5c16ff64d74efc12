"""HOG, SIFT and matching hold to scikit-image's, which were written by others. It is not in the browser: natively only.

Three differences are known. scikit-image counts an octave's pixel q as q·step, though its doubled image is sampled between
the pixels: a quarter of a pixel. Its directions go from the rows towards the columns, and a histogram's bin is read half a
bin, 5°, too high. And it keeps some points that bend up in one direction and down in the other, which Lowe discards.
"""

from pathlib import Path

import numpy as np
import pytest
from scipy.ndimage import affine_transform, gaussian_filter
from skimage.feature import SIFT, match_descriptors
from skimage.feature import hog as skimage_hog

from convoscope.engine import Keypoint, Similarity, describe, gaussian_blur, hog, match, sift, warp
from convoscope.engine.sift import whole_numbers_of

PHOTOS = Path(__file__).resolve().parent.parent.parent / "static" / "data" / "photos"
NAMES = ("cat", "camera", "astronaut")


def grey(name, side=128):
    return np.load(PHOTOS / f"{name}_{side}.npy").mean(axis=2)


@pytest.fixture(scope="module")
def both():
    """By name: our features and scikit-image's."""
    pairs = {}
    for name in NAMES:
        theirs = SIFT()
        theirs.detect_and_extract(grey(name) / 255)
        pairs[name] = sift(grey(name) / 255), theirs
    return pairs


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("cell", "bins", "block", "norm"),
    [(8, 9, 2, "L2-Hys"), (16, 8, 3, "L1"), (7, 6, 1, "L2"), (5, 12, 4, "L1-sqrt"), (4, 18, 2, "L2-Hys")],
)
def test_hog_is_theirs(name, cell, bins, block, norm):
    ours = hog(grey(name), cell=cell, bins=bins, block=block, norm=norm, votes="nearest")
    theirs = skimage_hog(
        grey(name), orientations=bins, pixels_per_cell=(cell, cell), cells_per_block=(block, block), block_norm=norm,
        feature_vector=False,
    )  # fmt: skip
    np.testing.assert_allclose(ours, theirs.reshape(ours.shape), rtol=0, atol=1e-6)


def places(theirs):
    """Rows and columns of their keypoints as we count them."""
    return theirs.positions - 0.25


def our_angles(theirs):
    return np.pi / 2 - (theirs.orientations - np.pi / 36)


@pytest.mark.parametrize("name", NAMES)
def test_their_keypoints_are_found_with_their_directions(both, name):
    ours, theirs = both[name]
    row, column, sigma, angle = np.array([(one.row, one.column, one.sigma, one.angle) for one in ours.keypoints]).T
    near, same = [], []
    for (r, c), s, a in zip(places(theirs), theirs.sigmas, our_angles(theirs), strict=True):
        here = (np.hypot(row - r, column - c) <= 1) & (np.abs(sigma / s - 1) <= 0.1)
        near.append(here.any())
        same.append((here & (np.abs((angle - a + np.pi) % (2 * np.pi) - np.pi) < np.deg2rad(3))).any())
    assert len(near) > 90
    assert np.mean(near) >= 0.95
    assert np.mean(same) >= 0.95
    assert len(ours.keypoints) <= 1.05 * len(near)  # and not by finding points everywhere


@pytest.mark.parametrize("name", NAMES)
def test_the_descriptor_of_the_same_keypoint_is_theirs(both, name):
    """With their directions. Their square of pixels ends one row and column earlier, which a few numbers show."""
    ours, theirs = both[name]
    away = []
    angles = np.pi / 2 - theirs.orientations
    rows = zip(places(theirs), theirs.sigmas, angles, theirs.octaves, theirs.scales, theirs.descriptors, strict=True)
    for (r, c), s, a, octave, scale, descriptor in rows:
        keypoint = Keypoint(float(r), float(c), float(s), float(a), int(octave), int(scale))
        cells = whole_numbers_of(describe(ours.octaves[int(octave)], keypoint)).reshape(4, 4, 8).astype(int)
        # Their first axis goes along the direction, the second against our rows; their bins go the other way round.
        seen = np.flip(cells, axis=0).transpose(1, 0, 2)[:, :, (-np.arange(8)) % 8]
        away.append(np.linalg.norm(seen.ravel() - descriptor) / 512)
    assert np.median(away) < 0.02
    assert np.mean(np.array(away) < 0.1) > 0.9


def test_matching_is_theirs(both):
    first, second = (both[name][0].descriptors for name in NAMES[:2])
    for others in (second, first[::-1] // 2):
        pairs = match(first, others, ratio=0.8)
        theirs = match_descriptors(first.astype(float), others.astype(float), cross_check=False, max_ratio=0.8)
        assert np.stack([pairs.first, pairs.second], axis=1).tolist() == theirs.tolist()


@pytest.mark.parametrize("sigma", [0.8, 1.6, 3.1])
def test_the_blur_is_scipys(sigma):
    np.testing.assert_allclose(gaussian_blur(grey("cat"), sigma), gaussian_filter(grey("cat"), sigma), atol=1e-10)


def test_the_warp_is_scipys():
    image, similarity = grey("cat"), Similarity(30, 1.2, (5, -3))
    inverse = np.linalg.inv(similarity.matrix)
    start = similarity.origin(np.zeros((1, 2)), image.shape)[0]
    theirs = affine_transform(image, inverse, start, order=1, cval=7.0)
    ours = warp(image, similarity, outside=7.0)
    same = np.abs(ours - theirs) < 1e-6
    assert same.mean() > 0.99  # SciPy blends with the outside along the edge
