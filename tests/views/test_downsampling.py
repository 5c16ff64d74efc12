"""The downsampling view: the lecture's numbers, and for all settings what plain loops over the pixels give."""

import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from convoscope.views.downsampling.lesson import MOST_NUMBERS, MOST_STEPS, MOST_WINNERS, compute
from convoscope.views.downsampling.settings import DownsamplingSettings
from convoscope.views.files import DiskFiles
from convoscope.views.grid import MOST_LABELS
from convoscope.views.images import LECTURE_IMAGE, PHOTOS, digit, grey_photo
from convoscope.views.numbers import write, write_ratio
from convoscope.views.packet import pack
from convoscope.views.session import Session

OUTPUTS = ("sum", "average", "maximum")
# Slides 54-63: 2×2 windows, stride 2, on the 6×6 image whose nine patches give these.
PRINTED = {
    "sum": [["3", "3", "1"], ["3", "1", "0"], ["1", "0", "0"]],
    "average": [["3/4", "3/4", "1/4"], ["3/4", "1/4", "0"], ["1/4", "0", "0"]],
    "maximum": [["1", "1", "1"], ["1", "1", "0"], ["1", "0", "0"]],
}
SETTINGS = st.builds(
    DownsamplingSettings,
    image=st.sampled_from(["lecture", "lecture", "digit", "digit", "camera"]),
    digit=st.sampled_from([0, 7, 2_500, 69_999]),
    window=st.integers(2, 4),
    stride=st.integers(1, 4),
    shift=st.sampled_from(["none", "right", "down", "both"]),
    size=st.sampled_from(["32", "64"]),
    row=st.integers(0, 70),
)


def texts_of(trace, name):
    """The numbers written in an output, row by row."""
    size = trace.static[f"{name}_values"]["column"].max() + 1
    written = trace.static[f"{name}_labels"]["text"].tolist()
    return [written[start : start + size] for start in range(0, len(written), size)]


def grid_of(trace, name):
    value = trace.static[f"{name}_values"]["value"]
    side = round(value.size**0.5)
    return value.reshape(side, side)


def unmoved(settings):
    """The image before any shift, as nested lists of plain numbers."""
    if settings.image == "lecture":
        return [row[1:] for row in LECTURE_IMAGE.tolist()[1:]]
    files = DiskFiles()
    return (
        digit(settings.digit, files)[0] if settings.image == "digit" else grey_photo(settings.image, int(settings.size), files)
    ).tolist()


def moved(pixels, shift, edge):
    """The image one pixel further right or down: 0 comes in, or (edge) the outermost pixel once more."""
    for _ in range(shift in {"right", "both"}):
        pixels = [[row[0] if edge else 0, *row[:-1]] for row in pixels]
    for _ in range(shift in {"down", "both"}):
        pixels = [list(pixels[0]) if edge else [0] * len(pixels[0]), *pixels[:-1]]
    return pixels


def windows_of(pixels, size, stride):
    """[(row, column, [(pixel, its row, its column), …]), …] of every window, in row order."""
    starts = range(0, len(pixels) - size + 1, stride)
    return [
        (i, j, [(pixels[top + k][left + m], top + k, left + m) for k in range(size) for m in range(size)])
        for i, top in enumerate(starts)
        for j, left in enumerate(starts)
    ]


def walked(windows, row):
    """The windows that are steps: all, or of more than 1,024 those of one output row."""
    last = windows[-1][0]
    return windows if len(windows) <= MOST_STEPS else [one for one in windows if one[0] == min(row, last)]


def rules(cells):
    """Sum, average and maximum of one window, and where its first maximum stands, by looking at one pixel after another."""
    total, best = 0, cells[0]
    for cell in cells:
        total += cell[0]
        best = cell if cell[0] > best[0] else best
    return total, Fraction(int(total), len(cells)), best[0], best[1:]


def test_the_outputs_are_the_slides():
    trace = compute(DownsamplingSettings())
    assert {name: texts_of(trace, name) for name in OUTPUTS} == PRINTED


def test_the_sentences_are_the_slides_numbers_in_the_slides_order():
    update = Session().handle({"view": "downsampling", "name": "reset"})
    sentences = list(update.trace.sentences)
    assert len(sentences) == 9
    assert sentences[0] == "output[0, 0]: sum 1 + 1 + 1 + 0 = 3; average 3/4; maximum 1, first of 3 at input[0, 0]"
    assert sentences[2] == "output[0, 2]: sum 1 + 0 + 0 + 0 = 1; average 1/4; maximum 1 at input[0, 4]"
    assert sentences[8] == "output[2, 2]: sum 0 + 0 + 0 + 0 = 0; average 0; maximum 0, first of 4 at input[4, 4]"
    told = [re.search(r"= (\d); average ([\d/]+); maximum (\d)", sentence).groups() for sentence in sentences]
    assert told == [tuple(PRINTED[name][i][j] for name in OUTPUTS) for i in range(3) for j in range(3)]


def test_a_shift_of_the_lecture_image_by_both_gives_its_upper_left_part():
    trace = compute(DownsamplingSettings(shift="both"))
    np.testing.assert_array_equal(grid_of(trace, "input"), LECTURE_IMAGE[:6, :6])
    assert texts_of(trace, "sum") == [["1", "2", "2"], ["2", "1", "1"], ["2", "1", "0"]]
    assert texts_of(trace, "average") == [["1/4", "1/2", "1/2"], ["1/2", "1/4", "1/4"], ["1/2", "1/4", "0"]]
    assert texts_of(trace, "maximum") == [["1", "1", "1"], ["1", "1", "1"], ["1", "1", "0"]]
    assert trace.sentences[0] == (
        "output[0, 0]: sum 0 + 0 + 0 + 1 = 1, was 3; average 1/4, was 3/4; maximum 1, unchanged, at input[1, 1]"
    )
    assert [trace.facts[f"{name}_note"] for name in OUTPUTS] == [
        "7 of 9 changed; mean absolute change 8/9",
        "7 of 9 changed; mean absolute change 2/9",
        "2 of 9 changed; mean absolute change 2/9",
    ]


@given(settings=SETTINGS)
def test_every_output_is_what_plain_loops_give(settings):
    trace = compute(settings)
    pixels = moved(unmoved(settings), settings.shift, settings.image in PHOTOS)
    windows = windows_of(pixels, settings.window, settings.stride)
    steps = walked(windows, settings.row)
    assert len(trace) == len(steps)
    assert trace.facts["first_step"] == str(windows.index(steps[0]))
    assert ("walks along" in trace.facts.get("input_note", "")) == (len(steps) < len(windows))
    assert grid_of(trace, "input").tolist() == pixels
    sums, averages, maxima, _ = zip(*(rules(cells) for *_, cells in windows), strict=True)
    assert trace.static["sum_values"]["value"].ravel().tolist() == list(sums)
    assert trace.static["maximum_values"]["value"].ravel().tolist() == list(maxima)
    np.testing.assert_allclose(trace.static["average_values"]["value"].ravel(), [float(value) for value in averages], rtol=1e-6)


@given(settings=SETTINGS, data=st.data())
def test_a_step_tells_and_shows_one_window(settings, data):
    trace = compute(settings)
    step = data.draw(st.integers(0, len(trace) - 1))
    before = unmoved(settings)
    after = moved(before, settings.shift, settings.image in PHOTOS)
    row, column, cells = walked(windows_of(after, settings.window, settings.stride), settings.row)[step]
    now, was = rules(cells), rules(walked(windows_of(before, settings.window, settings.stride), settings.row)[step][2])
    count = sum(pixel == now[2] for pixel, *_ in cells)

    def told(place):
        text = write_ratio(float(now[1]), len(cells)) if place == 1 else write(now[place])
        old = write_ratio(float(was[1]), len(cells)) if place == 1 else write(was[place])
        return text + ("" if settings.shift == "none" else ", unchanged" if now[place] == was[place] else f", was {old}")

    pixels = [write(pixel) for pixel, *_ in cells]
    single = " at" if settings.shift == "none" else ", at"
    at = single if count == 1 else f", first of {count} at"
    assert trace.sentences[step] == (
        f"output[{row}, {column}]: sum {' + '.join(pixels)} = {told(0)}; average {told(1)}; "
        f"maximum {told(2)}{at} input[{now[3][0]}, {now[3][1]}]"
    )
    shown = trace.at(step)
    assert shown["pixels"]["text"] == pixels
    number = [(r, c) for _, r, c in cells].index(now[3])
    assert shown["winning_pixel"]["x"] == [trace.static["pixels"]["x"].tolist()[number]]


def square_of(trace, name, step, side):
    """The upper-left cell and the size, in cells, of a moving square."""
    size = float(trace.static[name]["w"][0])
    x, y = trace.at(step)[name]["x"][0], trace.at(step)[name]["y"][0]
    return round((1 - y - size / 2) * side), round((x - size / 2) * side), round(size * side)


@given(settings=SETTINGS, data=st.data())
def test_the_frames_stand_on_the_window_its_winner_and_its_cell(settings, data):
    trace = compute(settings)
    step = data.draw(st.integers(0, len(trace) - 1))
    pixels = moved(unmoved(settings), settings.shift, settings.image in PHOTOS)
    windows = windows_of(pixels, settings.window, settings.stride)
    row, column, cells = walked(windows, settings.row)[step]
    output_side = windows[-1][0] + 1
    assert square_of(trace, "window", step, len(pixels)) == (*cells[0][1:], settings.window)
    assert square_of(trace, "winner", step, len(pixels)) == (*rules(cells)[3], 1)
    assert square_of(trace, "output_cell", step, output_side) == (row, column, 1)
    seen = trace.at(step)["winners"]["seen"]
    if len(windows) > MOST_WINNERS:
        assert seen == []
    else:
        assert seen == [int(other <= step) for other in range(len(trace))]
        marks = trace.static["winners"]
        places = [(int((1 - y) * len(pixels)), int(x * len(pixels))) for x, y in zip(marks["x"], marks["y"], strict=True)]
        assert places == [rules(others)[3] for *_, others in windows]


@given(settings=SETTINGS)
def test_the_shift_test_counts_and_marks_what_changed(settings):
    trace = compute(settings)
    before = unmoved(settings)
    after = moved(before, settings.shift, settings.image in PHOTOS)
    pairs = [
        (rules(now[2]), rules(was[2]))
        for now, was in zip(
            windows_of(after, settings.window, settings.stride),
            windows_of(before, settings.window, settings.stride),
            strict=True,
        )
    ]
    for place, name in enumerate(OUTPUTS):
        changes = [abs(Fraction(now[place]) - Fraction(was[place])) for now, was in pairs]
        changed = [change > 0 for change in changes]
        note = trace.facts.get(f"{name}_note")
        if settings.shift == "none":
            assert note is None
        else:
            count, total, mean = re.fullmatch(r"([\d,]+) of ([\d,]+) changed; mean absolute change (\S+)", note).groups()
            assert (int(count.replace(",", "")), int(total.replace(",", ""))) == (sum(changed), len(changed))
            assert float(Fraction(mean)) == pytest.approx(float(sum(changes) / len(changes)), abs=6e-4)
        frames, veil = trace.static[f"{name}_changed"]["x"], trace.static[f"{name}_veil"]["image"]
        if len(changed) <= MOST_NUMBERS:
            assert (len(frames), len(veil)) == (sum(changed), 0)
        else:
            assert len(frames) == 0
            assert (veil[0] > 0).ravel().tolist() == changed if len(veil) else not any(changed)


@pytest.mark.parametrize(
    ("image", "stride", "largest"),
    [("lecture", 1, 30_000), ("digit", 2, 250_000), ("digit", 1, 400_000), ("cat", 1, 1_000_000), ("cat", 2, 500_000)],
)
def test_a_trace_stays_small(image, stride, largest):
    for window in (2, 4):
        settings = DownsamplingSettings(image=image, size="128", window=window, stride=stride, shift="both")
        assert len(pack({}, compute(settings))) < largest


def test_of_a_large_image_everything_is_shown_and_one_row_is_walked():
    trace = compute(DownsamplingSettings(image="cat", size="128", row=40))
    assert len(trace) == 64
    assert trace.sentences[63].startswith("output[40, 63]: sum ")
    assert trace.at(5)["output_cover"]["x"] == []
    assert trace.facts["first_step"] == str(40 * 64)
    assert compute(DownsamplingSettings(image="cat", size="128", row=126)).sentences[0].startswith("output[63, 0]")


@pytest.mark.parametrize(
    ("window", "stride", "words"),
    [(3, 1, "the windows overlap"), (2, 4, "pixels between the windows are never read"), (4, 1, "= 3; the windows overlap")],
)
def test_the_size_is_told_with_how_the_windows_lie(window, stride, words):
    facts = compute(DownsamplingSettings(window=window, stride=stride)).facts
    assert words in facts["size"]
    assert facts["size"].startswith(f"output size = ⌊(6 − {window}) / {stride}⌋ + 1 = ")


def test_what_no_window_reads_is_grey():
    covered = compute(DownsamplingSettings(window=2, stride=3)).static["unread"]
    area = (covered["w"] * covered["h"]).sum()
    assert area == pytest.approx(1 - 4 * 4 / 36)  # four windows of four pixels out of 36
    assert compute(DownsamplingSettings()).static["unread"]["x"].size == 0


@pytest.mark.parametrize(
    ("shift", "words"), [("right", "to the right; 0 comes in"), ("both", "to the right and down; 0 comes in")]
)
def test_the_words_say_what_the_shift_does(shift, words):
    assert f"Shifted by one pixel {words}" in compute(DownsamplingSettings(shift=shift)).facts["source"]
    assert "the edge repeats" in compute(DownsamplingSettings(image="cat", shift=shift)).facts["source"]


@pytest.mark.parametrize(
    ("value", "count", "text"),
    [
        (0.75, 4, "3/4"),
        (-0.75, 4, "−3/4"),
        (2 / 9, 9, "2/9"),
        (5 / 16, 16, "5/16"),
        (0.5, 4, "1/2"),
        (2, 4, "2"),
        (0, 9, "0"),
        (142.75, 4, "142.75"),
        (1.1, 4, "1.1"),
        (23 / 9, 9, "2.556"),
    ],
)
def test_a_ratio_is_a_fraction_where_that_is_short_and_exact(value, count, text):
    assert write_ratio(value, count) == text


def test_only_small_outputs_carry_numbers():
    assert len(texts_of(compute(DownsamplingSettings(window=2, stride=1)), "sum")) == 5
    large = compute(DownsamplingSettings(image="digit", window=4, stride=4))
    assert MOST_NUMBERS < len(large) < MOST_LABELS
    assert all(len(large.static[f"{name}_labels"]["text"]) == 0 for name in OUTPUTS)


def test_the_mean_change_of_averages_is_a_fraction_too():
    assert compute(DownsamplingSettings(stride=3, shift="down")).facts["average_note"].endswith("mean absolute change 1/8")


@pytest.mark.parametrize("window", [2, 3, 4])
def test_the_colours_of_the_outputs_compare_with_the_inputs(window):
    """All scales start at 0; those of average and maximum end where the input's does, the sum's at as many times that."""
    trace = compute(DownsamplingSettings(image="digit", window=window))
    shades = {name: trace.static[name]["image"][0] for name in OUTPUTS}
    np.testing.assert_allclose(shades["sum"], shades["average"], rtol=1e-6)
    np.testing.assert_allclose(shades["maximum"], grid_of(trace, "maximum") / 255)
    highs = [trace.facts[f"{name}_high"] for name in ("input", *OUTPUTS)]
    assert highs == ["255", str(255 * window**2), "255", "255"]
    assert {trace.facts[f"{name}_low"] for name in ("input", *OUTPUTS)} == {"0"}


@pytest.mark.parametrize("image", ["digit", "cat"])
def test_outputs_without_numbers_are_seen_whole_and_begin_where_there_is_something_to_see(image):
    trace = compute(DownsamplingSettings(image=image, shift="right"))
    step = int(trace.facts["start"])
    pixels = trace.steps["pixels"]["text"]
    assert trace.steps["output_cover"]["x"].size == 0
    assert len(set(pixels.codes[step].tolist())) > 1
    assert not trace.sentences[step].startswith("output[0, ")
