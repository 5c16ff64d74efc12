"""What the features view shows: what came before learned features, and one patch as both see it.

Slides 20-22 of the lecture.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ...engine import (
    cell_histograms_loops,
    conv2d_loops,
    describe,
    describe_loops,
    hog,
    match,
    normalise_block,
    relu,
    sift,
)
from ..files import DiskFiles, Files
from ..imagenet import imagenet_network
from ..images import OWN
from ..networks import Networks
from ..ran import Check, Definition
from ..stops import stops
from ..trace import Sentences, Texts, Trace
from . import call
from .columns import FeaturePart, completed
from .hog_steps import HogSteps, hog_part
from .learned_steps import PatchSteps, learned_part
from .match_steps import MatchSteps, match_part
from .photograph import (
    WHITE,
    by_contrast,
    colours_of,
    grey_of,
    keypoint_table,
    second_grey,
    second_sift,
    sift_of,
    similarity_of,
)
from .settings import FeaturesSettings
from .sift_steps import SiftSteps, sift_part
from .state import FeaturesState

TITLE = "Before CNNs"
SUMMARY = "Features that people designed, HOG and SIFT, step by step, and beside them what networks learned."
ACTIVITY = "Step through HOG and SIFT on a photograph, match two pictures, and compare designed with learned features."
DEFINITION = Definition(
    (cell_histograms_loops, normalise_block, describe_loops, match, conv2d_loops),
    "tests/engine/test_hand_made_features.py proves that the fast forms are the loops; test_against_skimage.py beside it holds "
    "HOG, keypoints, descriptors and matches to scikit-image’s. For the filters: tests/engine/test_conv.py.",
)
PANELS = {
    "hog": ("photo", "cell", "glyphs", "histogram", "block"),
    "sift": ("photo", "scales", "differences", "neighbours", "directions", "descriptor"),
    "match": ("pair", "descriptor", "other"),
    "learned": ("photo", "patch", "glyphs", "descriptor", "lenet", "conv1"),
}
DEFINED = {
    "hog": "cell_histograms_loops normalise_block",
    "sift": "describe_loops",
    "match": "describe_loops match",
    "learned": "cell_histograms_loops normalise_block describe_loops conv2d_loops",
}


def compute(settings: FeaturesSettings, files: Files | None = None, state: FeaturesState | None = None) -> Trace:
    """The whole animation of the chosen features."""
    files = files or DiskFiles()
    part = _part(settings, files)
    every = {name for names in PANELS.values() for name in names}
    own = {f"{name}_hidden": "hidden" for name in sorted(every - {*PANELS[settings.method]})}
    if settings.image == OWN and not settings.picture:
        own |= dict.fromkeys(("photo_note", "pair_note"), "Choose a picture or use the webcam.")
    facts = {**part.facts, **own, "definition": DEFINED[settings.method], **call.calls_of(settings, grey_of(settings, files))}
    sentences = Sentences("{}", Texts.of_steps([[one] for one in part.sentences]))
    return Trace(completed(part), part.moving, sentences, facts, stops(len(sentences), *part.stops))


def _part(settings: FeaturesSettings, files: Files) -> FeaturePart:
    image = grey_of(settings, files)
    if settings.method == "hog":
        return hog_part(image, settings)
    if settings.method == "sift":
        features = sift_of(settings, files)
        return sift_part(image, features, by_contrast(features), settings.keypoint)
    if settings.method == "match":
        return match_part(image, second_grey(settings, files), _matched(settings, files))
    return learned_part(_patch(settings, files))


def _matched(settings: FeaturesSettings, files: Files) -> MatchSteps:
    return MatchSteps(sift_of(settings, files), second_sift(settings, files), similarity_of(settings), settings.ratio)


def _patch(settings: FeaturesSettings, files: Files) -> PatchSteps:
    """The patch with the weights of both first layers."""
    networks = Networks(files).get("lenet5"), imagenet_network(files)
    lenet, squeezenet = ({name: one.parameters()[f"conv1.{name}"] for name in ("weight", "bias")} for one in networks)
    return PatchSteps(
        grey_of(settings, files), colours_of(settings, files), sift_of(settings, files), lenet, squeezenet, settings
    )


def work(settings: FeaturesSettings, files: Files | None = None, state: FeaturesState | None = None) -> Callable[[], object]:
    """What compute does; of SIFT also what it finds done already."""
    files = files or DiskFiles()
    images = [grey_of(settings, files)] if settings.method != "hog" else []
    images += [second_grey(settings, files)] if settings.method == "match" else []
    return lambda: ([sift(image / WHITE) for image in images], _part(settings, files))


def arrays(settings: FeaturesSettings, files: Files, state: FeaturesState | None = None) -> dict[str, np.ndarray]:
    """What is computed, by name: HOG's histograms and blocks; SIFT's keypoints with their numbers; matches; feature maps."""
    if settings.method == "hog":
        steps = HogSteps(grey_of(settings, files), settings)
        down, across = steps.gradients
        return {"gradient_rows": down, "gradient_columns": across, "histograms": steps.histograms, "blocks": steps.feature}
    if settings.method == "learned":
        patch = _patch(settings, files)
        return {"hog": patch.hog, "sift": patch.sift, "lenet_maps": patch.lenet_maps, "squeezenet_maps": patch.squeezenet_maps}
    features = sift_of(settings, files)
    if settings.method == "sift":
        return {"keypoints": keypoint_table(features), "descriptors": features.descriptors}
    steps_of_match = _matched(settings, files)
    pairs = steps_of_match.matches
    return {
        "keypoints": keypoint_table(features), "second_keypoints": keypoint_table(steps_of_match.second),
        "matches": np.stack([pairs.first, pairs.second], axis=1), "ratios": pairs.ratio, "is_right": steps_of_match.is_right,
    }  # fmt: skip


def check(settings: FeaturesSettings, files: Files | None = None, state: FeaturesState | None = None) -> Check:
    """What is shown of one cell, some descriptors, the matches or the maps of a patch, by the definition and as it is shown."""
    files = files or DiskFiles()
    if settings.method == "hog":
        return _check_hog(HogSteps(grey_of(settings, files), settings))
    if settings.method == "sift":
        features = sift_of(settings, files)
        steps = SiftSteps(features, by_contrast(features), settings.keypoint)
        keypoints = [steps.keypoint] if steps.keypoint else []
        pairs = [(describe_loops(steps.octave, one), describe(steps.octave, one)) for one in keypoints]
        return _check_pairs("descriptor", pairs)
    if settings.method == "match":
        return _check_matches(_matched(settings, files))
    return _check_patch(_patch(settings, files))


def _check_hog(steps: HogSteps) -> Check:
    """The cell from the pixels around it, and its block."""
    chosen = steps.settings
    histogram = _cell_by_loops(steps.image, chosen)
    size = chosen.block
    feature = hog(steps.image, cell=chosen.cell, bins=chosen.bins, block=size, norm=chosen.norm, votes=chosen.votes)
    defined = {"histogram": histogram, "block": normalise_block(steps.block, chosen.norm)}
    return Check(defined, {"histogram": steps.histogram, "block": feature[chosen.row, chosen.column]})


def _cell_by_loops(image: np.ndarray, chosen: FeaturesSettings) -> np.ndarray:
    """The histogram of one cell from the window of 3×3 cells around it: others have no share in it. -> (bins,)"""
    first = [max(0, one - 1) for one in (chosen.row, chosen.column)]
    rows, columns = (slice(one * chosen.cell, (one + 3) * chosen.cell) for one in first)
    cells = cell_histograms_loops(image[rows, columns], cell=chosen.cell, bins=chosen.bins, votes=chosen.votes)
    return np.asarray(cells[chosen.row - first[0], chosen.column - first[1]])


def _check_pairs(name: str, pairs: list[tuple[np.ndarray, np.ndarray]]) -> Check:
    defined, shown = ({f"{name} {n}": pair[side] for n, pair in enumerate(pairs)} for side in (0, 1))
    return Check(defined or {name: np.zeros(0)}, shown or {name: np.zeros(0)})


def _check_matches(steps: MatchSteps) -> Check:
    """The distances of the matches, one sum of squares after the other."""
    chosen, pairs = steps.matches, zip(steps.matches.first, steps.matches.second, strict=True)
    a, b = steps.first.descriptors.astype(float), steps.second.descriptors.astype(float)
    distances = np.array([np.sqrt(sum((one - other) ** 2 for one, other in zip(a[n], b[m], strict=True))) for n, m in pairs])
    return Check({"distances": distances}, {"distances": chosen.distance})


def _check_patch(steps: PatchSteps) -> Check:
    """The descriptor of the patch, a cell of HOG, and one map of each network."""
    octave = steps.features.octaves[steps.keypoint.octave]
    defined = {"SIFT": describe_loops(octave, steps.keypoint)}
    shown = {"SIFT": describe(octave, steps.keypoint)}
    (top, left), side = steps.corner, steps.side
    padded = np.pad(steps.grey / WHITE, 2)[np.newaxis, np.newaxis, top : top + side + 4, left : left + side + 4]
    weight, bias = (steps.lenet[name][:1].astype(float) for name in ("weight", "bias"))
    defined["C1[0]"], shown["C1[0]"] = relu(conv2d_loops(padded, weight, bias))[0, 0], steps.lenet_maps[0]
    return Check(defined, shown)


Settings = FeaturesSettings  # the names by which the session finds them
State = FeaturesState
