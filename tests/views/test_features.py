"""The features view says what the engine computes: true sentences, drawings of the same numbers, right matches right."""

import contextlib
import io
import json
import re

import numpy as np
import pytest

from convoscope.engine import Similarity, hog, pixel_gradients
from convoscope.views.features import figure
from convoscope.views.features.hog_steps import HogSteps
from convoscope.views.features.lesson import PANELS, arrays, compute
from convoscope.views.features.photograph import by_contrast, sift_of
from convoscope.views.features.settings import FeaturesSettings
from convoscope.views.features.sources import TABLE
from convoscope.views.files import DiskFiles
from convoscope.views.images import grey_photo
from convoscope.views.session import Session

FILES = DiskFiles()
GREY = grey_photo("camera", 128, FILES)
SETTINGS = [
    {}, {"cell": 4, "bins": 18, "block": 4, "norm": "L1", "votes": "nearest"}, {"cell": 16, "votes": "trilinear", "block": 1},
    {"row": 0, "column": 0, "norm": "L2"}, {"norm": "L1-sqrt", "block": 3, "image": "cat"}, {"method": "sift"},
    {"method": "sift", "keypoint": 17, "image": "astronaut"}, {"method": "match"}, {"method": "match", "turn": 0, "scale": 1.0},
    {"method": "learned"}, {"method": "learned", "cell": 5, "image": "macaw"},
    *({"method": method, "image": "own"} for method in PANELS),
]  # fmt: skip


def shown(**settings):
    chosen = FeaturesSettings()
    chosen.change(settings)
    return compute(chosen)


def number(text):
    return float(text.replace("−", "-").replace(",", ""))


@pytest.fixture(scope="module")
def drawn():
    return [(panel.part, panel.boxes) for panel in figure.panels()]


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_every_source_has_its_columns_and_only_the_panels_of_its_part_are_there(drawn, settings):
    trace = shown(**settings)
    for name, columns in TABLE.items():
        assert set(columns.split()) <= {*trace.static.get(name, {}), *trace.steps.get(name, {})}, name
    there = [(part, boxes) for part, boxes in drawn if f"{part}_hidden" not in trace.facts]
    assert {part for part, _ in there} == {*PANELS[settings.get("method", "hog")]}
    boxes = [boxes for _, boxes in there if boxes]
    for source in (source for name in boxes for source in trace.static[name]["source"].tolist()):
        assert {"row", "column", "value"} <= set(trace.static[source])
    assert all(trace.sentences)
    assert ("webcam" in trace.facts.get("photo_note", "")) == (settings.get("image") == "own")
    assert trace.stops[0] == 0


def test_the_arithmetic_of_every_pixel_is_true():
    trace = shown(votes="bilinear")
    down, across = pixel_gradients(GREY)
    gradient = r"g_column = (\S+) − (\S+) = (\S+), g_row = (\S+) − (\S+) = (\S+)"
    pattern = re.compile(rf"pixel \[(\d+), (\d+)\]: {gradient};.*≈ (\S+), dir.*?: (.*)\.")
    for n in range(64):
        r, c, a, b, g_column, d, e, g_row, magnitude, votes = pattern.fullmatch(trace.sentences[n]).groups()
        r, c = int(r), int(c)
        assert divmod(n, 8) == (r - 24, c - 48)
        assert (number(a), number(b)) == (GREY[r, c + 1], GREY[r, c - 1])
        assert (number(d), number(e)) == (GREY[r + 1, c], GREY[r - 1, c])
        assert (number(g_column), number(g_row)) == (across[r, c], down[r, c])
        assert number(magnitude) == pytest.approx(np.hypot(across[r, c], down[r, c]), abs=0.05)
        if one := re.fullmatch(r"its vote (\S+) goes to \d+°", votes):
            assert one[1] == magnitude
            continue
        terms = [re.fullmatch(r"(\S+) × (\S+) ≈ (\S+) to (\S+)°", vote).groups() for vote in votes.split(", ")]
        assert sum(number(share) for share, *_ in terms) == pytest.approx(1, abs=0.002)
        for share, size, product, _ in terms:
            assert number(share) * number(size) == pytest.approx(number(product), abs=0.11)


def test_beyond_the_photograph_there_are_no_pixels():
    trace = shown(row=0, column=0)
    labels = np.array(trace.static["cell_labels"]["text"].tolist()).reshape(10, 10)
    assert {*labels[0], *labels[:, 0]} == {""}
    assert labels[1:, 1:].ravel().tolist() == [f"{pixel:.0f}" for pixel in GREY[:9, :9].ravel()]
    assert "g_row = 0 (at the edge)" in trace.sentences[3]


@pytest.mark.parametrize("votes", ["nearest", "bilinear", "trilinear"])
def test_the_bars_grow_to_the_histogram_and_the_last_step_is_the_whole_feature(votes):
    trace = shown(votes=votes)
    tops = trace.steps["vote_bars"]["top"]
    assert np.all(np.diff(tops[:64], axis=0) >= -1e-6)
    steps = HogSteps(GREY, FeaturesSettings(votes=votes))
    if votes != "trilinear":  # else pixels around the cell vote too
        np.testing.assert_allclose(steps.votes.sum(axis=0), steps.histogram, atol=1e-12)
    heights = (tops[-1] - trace.static["bin_words"]["y"][0] * 2) / np.ptp([0.16, 0.84])
    np.testing.assert_allclose(heights, steps.histogram / steps.histogram.max(), atol=0.02)
    assert f"{hog(GREY, votes=votes).size:,} numbers" in trace.sentences[-1]
    assert np.isnan(trace.at(len(trace) - 1)["glyph_cover"]["x"]).all()
    assert not np.isnan(trace.at(0)["glyph_cover"]["x"]).any()


def test_the_norm_that_is_said_is_the_norm():
    for norm in ("L2", "L1", "L1-sqrt", "L2-Hys"):
        trace = shown(norm=norm)
        said = next(sentence for sentence in trace.sentences if sentence.startswith("norm"))
        largest = hog(GREY, norm=norm)[3, 6].max()
        assert number(re.search(r"≈ (\S+)\.$", said)[1]) == pytest.approx(largest, abs=6e-4), norm


def test_the_counts_of_the_tests_add_up_and_the_keypoint_is_the_one_that_is_said():
    trace = shown(method="sift", keypoint=3)
    counts = [int(n) for n in re.findall(r"\d+", trace.facts["size"])]
    assert counts[0] - sum(counts[1:5]) == counts[5]
    numbers = [re.search(r"(\d+) discarded, (\d+) left", sentence) for sentence in trace.sentences]
    gone, left = ([int(one[n]) for one in numbers if one] for n in (1, 2))
    assert gone == counts[1:5]
    assert left == [counts[0] - sum(gone[: n + 1]) for n in range(4)]
    features = sift_of(FeaturesSettings(method="sift"), FILES)
    one = features.keypoints[by_contrast(features)[3]]
    chosen = {name: values[0] for name, values in trace.at(6)["chosen"].items()}
    assert (chosen["x"] * 128 - 0.5, (1 - chosen["y"]) * 128 - 0.5) == pytest.approx((one.column, one.row), abs=1e-4)
    assert np.isfinite(trace.at(6)["extrema_left"]["x"]).sum() == left[0]
    assert np.isfinite(trace.at(6)["extrema_gone"]["x"]).sum() == gone[0]
    assert len(trace.static["descriptor"]["x"]) == 128


def test_right_and_wrong_matches_are_told_apart_by_the_transformation():
    settings = {"method": "match", "turn": 30, "scale": 0.9, "ratio": 0.95}
    trace = shown(**settings)
    count, right, wrong = map(int, re.search(r"(\d+) matches.*: (\d+) right.*, (\d+) wrong", trace.sentences[0]).groups())
    assert count == right + wrong == len(trace.static["lines_right"]["x"]) + len(trace.static["lines_wrong"]["x"])
    assert right > 3 * wrong > 0
    similarity = Similarity(30, 0.9)
    place = r"\[(\S+), (\S+)\]"
    pattern = re.compile(rf"{place} to {place}:.*true place is {place}, (\S+) pixels away: (right|wrong)\.")
    verdicts = set()
    for sentence in trace.sentences[1:]:
        *numbers, verdict = pattern.fullmatch(sentence).groups()
        r, c, row, column, true_row, true_column, apart = map(number, numbers)
        assert similarity.moved(np.array([[r, c]]), (128, 128))[0] == pytest.approx((true_row, true_column), abs=0.15)
        assert np.hypot(row - true_row, column - true_column) == pytest.approx(apart, abs=0.15)
        assert (apart <= 3) == (verdict == "right")
        verdicts.add(verdict)
    assert verdicts == {"right", "wrong"}


def test_the_same_picture_matches_itself_without_a_mistake():
    assert re.search(r"right \(100 %\), 0 wrong", shown(method="match", turn=0, scale=1.0).sentences[0])


def test_learned_filters_are_those_of_the_networks():
    trace = shown(method="learned")
    assert len(trace) == 2 + 6 + 64
    weights = "LeNet-5 C1 6·(5·5·1 + 1) = 156, SqueezeNet conv1 64·(3·3·3 + 1) = 1,792"
    assert trace.facts["size"] == f"designed: 0 weights; learned: {weights}"
    strongest = trace.static["lenet_values"]["value"]
    for n, sentence in enumerate(trace.sentences[2:8]):
        said = re.search(r"bias ≈ (\S+)\.", sentence)
        assert (number(said[1]) if said else 0) == pytest.approx(strongest[n], abs=6e-4)


def test_the_arrays_of_every_part_are_those_that_are_shown():
    hog_arrays, sift_arrays, matches, learned = (arrays(FeaturesSettings(method=method), FILES) for method in PANELS)
    np.testing.assert_allclose(hog_arrays["blocks"], hog(GREY))
    assert sift_arrays["keypoints"].shape == (100, 4)
    assert sift_arrays["descriptors"].shape == (100, 128)
    right = re.search(r"(\d+) right", shown(method="match").sentences[0])[1]
    assert matches["is_right"].sum() == int(right)
    assert matches["matches"].shape == (len(matches["ratios"]), 2)
    assert learned["squeezenet_maps"].shape == (64, 8, 8)


def test_a_cell_beyond_the_picture_and_a_keypoint_that_is_not_there_are_brought_back():
    session = Session()
    update = session.handle({"view": "features", "name": "settings", "value": {"row": 31, "cell": 16, "block": 3}})
    assert (update.settings["row"], update.settings["column"]) == (5, 5)
    assert "the last that can be chosen is [5, 5]" in update.notices[0]
    update = session.handle({"view": "features", "name": "settings", "value": {"method": "sift", "keypoint": 399}})
    assert update.settings["keypoint"] == 99
    assert update.notices == ("This photograph has 100 keypoints: 399 became 99.",)


@pytest.mark.parametrize("method", PANELS)
def test_the_program_prints_what_is_shown(method):
    trace = shown(method=method)
    with contextlib.redirect_stdout(io.StringIO()) as stdout:
        exec(trace.facts["call"], {})
    said = stdout.getvalue()
    if "call_numpy" in trace.facts:
        assert "convoscope" not in trace.facts["call_numpy"]
        with contextlib.redirect_stdout(io.StringIO()) as stdout:
            exec(trace.facts["call_numpy"], {})
        assert stdout.getvalue() == said
    if method == "hog":
        assert said.startswith("(15, 15, 36)")
    elif method == "sift":
        assert json.loads(said.partition("\n")[0].replace("'", '"'))["accepted"] == 90
    elif method == "match":
        count, right = re.search(r"(\d+) matches.*: (\d+) right", trace.sentences[0]).groups()
        assert said == f"{count} matches, {right} right\n"
    else:
        printed = np.array(re.findall(r"\d\.\d*(?:e-\d+)?", said), float)
        np.testing.assert_allclose(printed, trace.static["hog_values"]["value"], atol=1e-6)
