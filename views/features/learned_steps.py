"""One patch as four designs see it: HOG's numbers, SIFT's, the six filters of LeNet-5, the 64 of SqueezeNet.

The first two were designed, the filters were learned: LeNet-5's from digits, SqueezeNet's from 1.2 million photographs.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ...engine import Keypoint, SiftFeatures, conv2d, describe, relu, squeezenet_input
from ...engine.hog import cell_histograms, normalise_block
from ...engine.sift import CELL, CELLS, turned_patch, whole_numbers_of
from ...engine.squeezenet import SIDE as PHOTO_SIDE
from .. import grid
from ..grid import limit_of, shade
from ..numbers import write
from ..trace import Columns
from .columns import FeaturePart, cells_to_choose, lattice, named, over, picture, pictures, star, table, words
from .photograph import WHITE
from .settings import PATCH_CELLS, SIDE, FeaturesSettings
from .sift_steps import PATCH, descriptor_sources
from .sources import CORNERS, LINE

LENET_ACROSS, LENET_ASPECT = 6, 2.4
ACROSS = 8  # filters of conv1 in a row
CONV1_ASPECT = 2.0
GAP = 0.1  # between pictures, of one


@dataclass(frozen=True)
class PatchSteps:
    """A patch of 2×2 cells. grey: (128, 128) of 0..255; colours: (128, 128, 3) uint8; weights: name -> array"""

    grey: np.ndarray
    colours: np.ndarray
    features: SiftFeatures
    lenet: dict[str, np.ndarray]
    squeezenet: dict[str, np.ndarray]
    settings: FeaturesSettings

    @property
    def side(self) -> int:
        """Pixels a side of the patch."""
        return PATCH_CELLS * self.settings.cell

    @property
    def corner(self) -> tuple[int, int]:
        """Its first pixel."""
        return self.settings.row * self.settings.cell, self.settings.column * self.settings.cell

    def cut(self, values: np.ndarray, stride: int = 1) -> np.ndarray:
        """The part of a picture or of maps (..., H, W) that belongs to the patch."""
        (top, left), size = self.corner, self.side
        rows, columns = (slice(-(-start // stride), -(-(start + size) // stride)) for start in (top, left))
        return values[..., rows, columns]

    @cached_property
    def hog(self) -> np.ndarray:
        """The histograms of the four cells, normalised together. -> (4, bins)"""
        chosen = self.settings
        cells = cell_histograms(self.grey, cell=chosen.cell, bins=chosen.bins, votes=chosen.votes)
        block = cells[chosen.row : chosen.row + PATCH_CELLS, chosen.column : chosen.column + PATCH_CELLS]
        return normalise_block(block.reshape(-1), chosen.norm).reshape(PATCH_CELLS**2, -1)

    @cached_property
    def keypoint(self) -> Keypoint:
        """A keypoint whose 4×4 cells, upright, are the patch: σ is a twelfth of its side."""
        sigma = self.side / (CELLS * CELL)
        middle = [start + (self.side - 1) / 2 for start in self.corner]
        away = [(abs(float(one) / sigma - 1), o, s) for o, octave in enumerate(self.features.octaves)
                for s, one in enumerate(octave.sigmas)]  # fmt: skip
        _, octave, scale = min(away)
        return Keypoint(middle[0], middle[1], sigma, 0.0, octave, scale)

    @cached_property
    def sift(self) -> np.ndarray:
        """Its 128 numbers. -> (4, 4, 8)"""
        cells = describe(self.features.octaves[self.keypoint.octave], self.keypoint)
        return whole_numbers_of(cells).reshape(CELLS, CELLS, -1).astype(float)

    @cached_property
    def lenet_maps(self) -> np.ndarray:
        """LeNet-5's first feature maps on the patch, after ReLU. -> (6, side, side)"""
        x = (self.grey / WHITE)[np.newaxis, np.newaxis]
        maps = conv2d(x, self.lenet["weight"].astype(float), self.lenet["bias"].astype(float), padding=2)
        return relu(self.cut(maps[0]))

    @cached_property
    def squeezenet_maps(self) -> np.ndarray:
        """SqueezeNet's first feature maps on the patch, after ReLU; its stride is 2. -> (64, about side / 2, …)"""
        whole = np.zeros((PHOTO_SIDE, PHOTO_SIDE, 3), np.uint8)
        whole[:SIDE, :SIDE] = self.colours
        x = squeezenet_input(whole)[:, :, : SIDE + 1, : SIDE + 1].astype(float)
        x[:, :, SIDE], x[:, :, :, SIDE] = 0, 0  # as SqueezeNet has it: beyond the photograph, not black
        maps = conv2d(x, self.squeezenet["weight"].astype(float), self.squeezenet["bias"].astype(float), stride=2)
        return relu(self.cut(maps[0], 2))


def learned_part(steps: PatchSteps) -> FeaturePart:
    """The patch, HOG, SIFT, then one step for each learned filter."""
    (top, left), side = steps.corner, steps.side
    one = np.array([top]), np.array([left])
    still: dict[str, Columns] = {
        "photo": picture(steps.grey / WHITE),
        "cell_frame": {**grid.rectangles(*one, side, side, (SIDE, SIDE))},
        "choices": cells_to_choose(steps.settings.cell, PATCH_CELLS, PATCH_CELLS / 2),
        "patch": _colours(steps.colours[top : top + side, left : left + side]),
        **_stars(steps), **descriptor_sources("descriptor", steps.sift),
        "turned": picture(turned_patch(steps.features.octaves[steps.keypoint.octave], steps.keypoint, PATCH)),
        **_lenet(steps), **_conv1(steps),
        "hog_values": table(steps.hog), "lenet_values": table(steps.lenet_maps.max(axis=(1, 2))[np.newaxis]),
        "conv1_values": table(steps.squeezenet_maps.max(axis=(1, 2)).reshape(-1, ACROSS)),
    }  # fmt: skip
    best = int(steps.squeezenet_maps.max(axis=(1, 2)).argmax())
    first = 2 + len(steps.lenet_maps)
    return FeaturePart(still, _frames(steps), _sentences(steps), (1, 2, first, first + best), facts(steps))


def _colours(pixels: np.ndarray) -> Columns:
    opaque = np.full((*pixels.shape[:2], 4), 255, np.uint8)
    opaque[:, :, :3] = pixels
    return {"image": opaque[np.newaxis], **named(CORNERS, np.array([(0, 0, 1, 1)]))}


def _stars(steps: PatchSteps) -> dict[str, Columns]:
    """HOG's four cells over the patch, along the edges."""
    down, across = np.divmod(np.arange(PATCH_CELLS**2), PATCH_CELLS)
    middles = np.stack([(across + 0.5) / PATCH_CELLS, 1 - (down + 0.5) / PATCH_CELLS], axis=-1)
    numbers = steps.hog / (float(steps.hog.max()) or 1.0)
    lines = star(numbers, middles, 0.5 / PATCH_CELLS, first=90 + 90 / steps.settings.bins, whole=True)
    return {
        "glyph_image": picture(steps.cut(steps.grey) / WHITE),
        "glyphs": named(LINE, lines),
        "glyph_grid": named(LINE, lattice(PATCH_CELLS)),
    }


def _lenet(steps: PatchSteps) -> dict[str, Columns]:
    """The six filters above their maps, each by its own colour scale."""
    filters = [shade(one[0], limit_of(steps.lenet["weight"])) for one in steps.lenet["weight"]]
    maps = [shade(one, limit_of(steps.lenet_maps)) for one in steps.lenet_maps]
    boxes = np.array([_lenet_box(n, row) for row in (0, 1) for n in range(LENET_ACROSS)])
    names = [f"C1[{n}]" for n in range(len(filters))]
    heads = [(left + width / 2, 0.94) for left, _, width, _ in boxes[:LENET_ACROSS]]
    return {"lenet": pictures([*filters, *maps], boxes), "layer_words": words(names, np.array(heads), 0.032)}


def _lenet_box(n: int, row: int) -> tuple[float, float, float, float]:
    wide = 1 / LENET_ACROSS
    side = wide * (1 - GAP)
    return n * wide + GAP / 2 * wide, (0.47 if row == 0 else 0.03), side, side * LENET_ASPECT


def _conv1(steps: PatchSteps) -> dict[str, Columns]:
    """The 64 filters in their colours, and beside them their maps."""
    weight = steps.squeezenet["weight"][:, ::-1]  # red, green, blue
    levels = np.clip(weight / (2 * limit_of(weight)) + 0.5, 0, 1).transpose(0, 2, 3, 1)
    rows, columns = weight.shape[2:]
    cells = np.zeros((ACROSS * (rows + 1), ACROSS * (columns + 1), 4), np.uint8)
    for n, level in enumerate(levels):
        r, c = divmod(n, ACROSS)
        spot = slice(r * (rows + 1), r * (rows + 1) + rows), slice(c * (columns + 1), c * (columns + 1) + columns)
        cells[spot][..., :3], cells[spot][..., 3] = np.rint(255 * level), 255
    maps = [shade(one, limit_of(steps.squeezenet_maps)) for one in steps.squeezenet_maps]
    return {
        "conv1_filters": {"image": cells[np.newaxis], **named(CORNERS, np.array([(0, 0, 0.49, 1)]))},
        "conv1_maps": pictures(maps, np.array([_map_box(n) for n in range(len(maps))])),
    }


def _map_box(n: int) -> tuple[float, float, float, float]:
    r, c = divmod(n, ACROSS)
    size = 1 / ACROSS
    return 0.51 + 0.49 * (c + GAP / 2) * size, 1 - (r + 1 - GAP / 2) * size, 0.49 * (1 - GAP) * size, (1 - GAP) * size


def _frames(steps: PatchSteps) -> dict[str, Columns]:
    """Around the filter of each step and its map."""
    lenets, filters = len(steps.lenet_maps), len(steps.squeezenet_maps)
    length = 2 + lenets + filters
    step = np.arange(length)
    gone = np.full((1, 2, 4), np.nan)
    first = np.array([[_lenet_box(n, 0), _lenet_box(n, 1)] for n in range(lenets)])
    places = [divmod(n, ACROSS) for n in range(filters)]
    size = 1 / ACROSS
    own = [(0.49 * c * size, 1 - (r + 1) * size, 0.49 * size, size) for r, c in places]
    second = np.array([[one, _map_box(n)] for n, one in enumerate(own)])
    at = np.where((step >= 2) & (step < 2 + lenets), step - 1, 0), np.where(step >= 2 + lenets, step - 1 - lenets, 0)
    return {
        "lenet_frame": over("x y w h", _centred(np.concatenate([gone, first])), at[0]),
        "conv1_frames": over("x y w h", _centred(np.concatenate([gone, second])), at[1]),
    }


def _centred(boxes: np.ndarray) -> np.ndarray:
    """Corners become centres. boxes: (..., 4)"""
    return np.concatenate([boxes[..., :2] + boxes[..., 2:] / 2, boxes[..., 2:]], axis=-1)


def _sentences(steps: PatchSteps) -> list[str]:
    chosen, side = steps.settings, steps.side
    size = steps.hog.size
    said = [
        f"HOG, designed: {PATCH_CELLS}×{PATCH_CELLS} cells of {chosen.cell}×{chosen.cell} pixels with {chosen.bins} "
        f"directions: {size} numbers, the largest ≈ {write(round(float(steps.hog.max()), 3))}.",
        f"SIFT, designed: 4×4 cells with 8 directions over the same {side}×{side} pixels: 128 numbers, the largest "
        f"{write(float(steps.sift.max()))}.",
    ]
    said += [_said(one, f"LeNet-5, learned from digits: filter C1[{n}] of 5×5", 25) for n, one in enumerate(steps.lenet_maps)]
    name = "SqueezeNet, learned from photographs: filter conv1[{}] of 3×3×3"
    return said + [_said(one, name.format(n), 27) for n, one in enumerate(steps.squeezenet_maps)]


def _said(values: np.ndarray, name: str, products: int) -> str:
    """Where a feature map is largest on the patch."""
    if not values.any():
        return f"{name}: negative everywhere on this patch, so 0 after ReLU."
    row, column = np.unravel_index(int(values.argmax()), values.shape)
    largest = write(float(f"{float(values.max()):.4g}"))
    where = f"[{row}, {column}] of its {values.shape[0]}×{values.shape[1]} map"
    return f"{name}: strongest at {where}: {products} products and a bias ≈ {largest}."


def facts(steps: PatchSteps) -> dict[str, str]:
    """Short texts by the name under which the page shows them."""
    weights = {name: sum(one.size for one in arrays.values()) for name, arrays in
               (("lenet", steps.lenet), ("conv1", steps.squeezenet))}  # fmt: skip
    side = f"{steps.side}×{steps.side} pixels"
    return {
        "source": "HOG (2005) and SIFT (2004) have no weights: people chose cells, directions and norms. The filters of a "
        "convolutional network begin as random numbers; training makes them, and many become edges and colours by themselves.",
        "size": f"designed: 0 weights; learned: LeNet-5 C1 6·(5·5·1 + 1) = {weights['lenet']}, "
        f"SqueezeNet conv1 64·(3·3·3 + 1) = {weights['conv1']:,}",
        "photo": "the patch",
        "photo_note": "Select a patch.",
        "patch": side,
        "glyphs": f"HOG: {steps.hog.size} numbers",
        "descriptor": "SIFT: 128 numbers",
        "lenet": "6 filters, 6 maps",
        "conv1": "64 filters, 64 maps",
    }
