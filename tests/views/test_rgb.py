"""The rgb view shows the engine's numbers: every partial sum, in the stated order, for any settings."""

import contextlib
import io
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import correlate

from convoscope.engine import conv2d_loops
from convoscope.views.arrangement import column_names
from convoscope.views.exercise import LARGEST_SEED
from convoscope.views.packet import pack
from convoscope.views.rgb.channels import PHOTO_BIAS, PHOTO_FILTERS, convolve, random_numbers, seeded_numbers
from convoscope.views.rgb.lesson import Settings, compute
from convoscope.views.rgb.wide_and_narrow import ARRANGEMENTS, CHANNELS, SOURCES
from convoscope.views.session import Session
from convoscope.views.trace import column_array

PHOTO = {"preset": "lecture"}


def grid_of(trace, source):
    """The true numbers of one grid."""
    cells = trace.static[source]
    return cells["value"].reshape(cells["row"].max() + 1, cells["column"].max() + 1)


def outputs_of(trace):
    """The output volume. -> (F, oH, oW)."""
    sources = sorted(name for name in trace.static if name.startswith("output_") and name.endswith("_values"))
    return np.stack([grid_of(trace, source) for source in sources])


def number(text):
    """A number as a sentence or a drawing holds it."""
    return float(text.replace("−", "-").strip("()+=bias "))


def session_after(**values):
    session = Session()
    return session, session.handle({"view": "rgb", "name": "settings", "value": values})


def test_the_numbers_of_seed_0_never_change():
    image, weights = seeded_numbers(0)
    drawn_image, drawn_weights = random_numbers(np.random.default_rng(0))
    np.testing.assert_array_equal(drawn_image, image)
    np.testing.assert_array_equal(drawn_weights, weights)
    assert image[0].tolist() == [[2, 1, 1, 0, 0], [0, 0, 0, 0, 2], [1, 2, 1, 1, 2], [2, 1, 1, 1, 2], [0, 2, 2, 0, 1]]
    assert weights[1, 2].tolist() == [[0, 0, 1], [-1, 1, -1], [0, 0, 1]]
    assert outputs_of(compute(Settings())).tolist() == [
        [[5, 0, -3], [3, 0, -2], [3, 3, -3]],
        [[4, 1, 2], [3, 5, -1], [3, 3, -2]],
    ]


def test_other_seeds_draw_other_numbers_and_the_same_seed_the_same():
    one, again, other = (compute(Settings(seed=seed)) for seed in (41, 41, 42))
    assert list(one.sentences) == list(again.sentences)
    assert list(one.sentences) != list(other.sentences)
    for seed in range(1, 20):
        image, weights = seeded_numbers(seed)
        assert set(np.unique(image)) == {0, 1, 2}
        assert set(np.unique(weights)) == {-1, 0, 1}


def test_eighteen_steps_visit_filter_0_row_by_row_and_then_filter_1():
    trace = compute(Settings())
    places = [(row, column, n) for n in range(2) for row in range(3) for column in range(3)]
    assert len(trace) == 18
    assert [sentence.partition(" =")[0] for sentence in trace.sentences] == [
        f"output[{row}, {column}, filter {n}]" for row, column, n in places
    ]


def test_a_sentence_is_the_sum_of_three_channels_and_the_bias():
    trace = compute(Settings())
    assert trace.sentences[0] == "output[0, 0, filter 0] = red 1 + green 4 + blue (−1) + bias 1 = 5"
    assert trace.sentences[17] == "output[2, 2, filter 1] = red −4 + green 1 + blue 1 + bias 0 = −2"


def test_one_channel_alone_tells_its_products():
    trace = compute(Settings(channels="blue"))
    products = "0×(−1) + 0×1 + 0×0 + 0×(−1) + 2×(−1) + 1×0 + 0×1 + 2×0 + 1×1"
    assert trace.sentences[0] == f"output[0, 0, filter 0], blue alone = {products} = −1"
    lecture = compute(Settings(channels="red", **PHOTO))
    assert lecture.sentences[0] == "output[0, 0, filter 0], red alone = 183×2 + 151×2 + 102×2 + (22 more: 518) = 1390"


CS231N = st.builds(
    Settings,
    seed=st.integers(0, 9999),
    stride=st.integers(1, 3),
    padding=st.integers(0, 1),
    channels=st.sampled_from(["all", *CHANNELS]),
    biases=st.tuples(st.tuples(st.integers(-5, 5).map(float), st.floats(-9, 9))),
)
PHOTOS = st.builds(
    Settings,
    preset=st.just("lecture"),
    image=st.sampled_from(["astronaut", "cat", "rocket"]),
    filters=st.integers(1, 4),
    stride=st.integers(1, 3),
    padding=st.integers(0, 1),
    channels=st.sampled_from(["all", *CHANNELS]),
)


def by_scipy(image, weights, stride, padding):
    """Convolve by scipy: a three-dimensional correlation has one layer where the channels lie on each other."""
    padded = np.pad(image, ((0, 0), (padding, padding), (padding, padding)))
    return np.stack([correlate(padded, one, mode="valid", method="direct")[0, ::stride, ::stride] for one in weights])


@given(chosen=CS231N)
def test_the_small_volume_gives_what_the_definition_and_scipy_give(chosen):
    image, weights, biases = chosen.small_image(), chosen.small_filters(), np.array(chosen.biases[0])
    if chosen.channels != "all":
        off = [c for c, name in enumerate(CHANNELS) if name != chosen.channels]
        weights[:, off], biases = 0, np.zeros(2)
    shown = outputs_of(compute(chosen))
    expected = conv2d_loops(image[None], weights, biases, stride=chosen.stride, padding=chosen.padding)[0]
    np.testing.assert_allclose(shown, expected, atol=1e-4)
    np.testing.assert_allclose(
        shown, by_scipy(image, weights, chosen.stride, chosen.padding) + biases[:, None, None], atol=1e-4
    )


@settings(max_examples=25)
@given(chosen=PHOTOS)
def test_the_photograph_gives_what_scipy_gives(chosen):
    trace = compute(chosen)
    pad = slice(chosen.padding, chosen.padding + 32)
    image = np.stack([grid_of(trace, f"input_{name}_values")[pad, pad] for name in CHANNELS]).astype(float)
    weights = np.stack([*PHOTO_FILTERS.values()])[: chosen.filters].copy()
    if chosen.channels != "all":
        weights[:, [c for c, name in enumerate(CHANNELS) if name != chosen.channels]] = 0
    bias = PHOTO_BIAS if chosen.channels == "all" else 0
    expected = by_scipy(image, weights, chosen.stride, chosen.padding) + bias
    np.testing.assert_array_equal(outputs_of(trace), expected)
    assert len(trace) == expected.size


@given(chosen=CS231N, data=st.data())
def test_at_every_step_the_sums_the_sentence_and_the_output_agree(chosen, data):
    trace = compute(chosen)
    step = data.draw(st.integers(0, len(trace) - 1))
    output = float(outputs_of(trace).ravel()[step])
    *sums, total = trace.at(step)["sums"]["text"]
    assert number(total) == pytest.approx(output, abs=1e-3)
    assert number(trace.sentences[step].rpartition("= ")[2]) == number(total)
    assert sum(number(text) for text in sums if text) == pytest.approx(output, abs=3e-3)
    assert sum(bool(text) for text in sums) == (4 if chosen.channels == "all" else 1)


@given(
    image=st.lists(st.integers(-50, 50), min_size=75, max_size=75).map(lambda cells: np.array(cells, float).reshape(3, 5, 5)),
    seed=st.integers(0, 99),
)
def test_the_partial_sums_and_the_bias_are_the_output(image, seed):
    weights = np.random.default_rng(seed).normal(size=(2, 3, 3, 3))
    numbers = convolve(image, weights, np.array([0.5, -2.0]), 2, 1)
    np.testing.assert_allclose(numbers.partials.sum(axis=1) + numbers.biases[:, None, None], numbers.outputs, atol=1e-9)


@given(chosen=st.one_of(CS231N, PHOTOS))
@settings(max_examples=40)
def test_every_source_has_all_its_columns_in_one_length(chosen):
    trace = compute(chosen)
    for source in SOURCES:
        still, moving = trace.static.get(source, {}), trace.steps.get(source, {})
        lengths = {len(column_array(column)) for column in still.values()}
        lengths |= {column_array(column).shape[1] for column in moving.values()}
        assert set(still) | set(moving) == set(column_names(SOURCES, source)), source
        assert len(lengths) == 1, (source, lengths)


@given(chosen=st.one_of(CS231N, PHOTOS))
@settings(max_examples=40)
def test_the_boxes_of_a_drawing_lie_in_it_and_never_two_at_a_time_in_one_place(chosen):
    trace = compute(chosen)
    for its in ARRANGEMENTS:
        boxes = trace.static[f"{its.name}_boxes"]
        left, top, width, height = (boxes[name] for name in ("left", "top", "width", "height"))
        assert (left >= 0).all()
        assert (top >= 0).all()
        assert (left + width <= 1).all()
        assert (top + height <= 1).all()
        apart = (left[:, None] + width[:, None] <= left + 1e-6) | (top[:, None] + height[:, None] <= top + 1e-6)
        turns = boxes["end"][:, None] <= boxes["begin"]
        np.fill_diagonal(apart, True)
        assert (apart | apart.T | turns | turns.T).all()


@pytest.mark.parametrize(
    ("name", "value"),
    [("input_red", "9,1,1,0,0;0,0,0,0,2;1,2,1,1,2;2,1,1,1,2;0,2,2,0,1"), ("filter_0_green", "1,0,0;0,3,0;-1,1,-1")],
)
def test_an_edited_number_reaches_the_output(name, value):
    _, update = session_after(**{name: value})
    assert update.error == ""
    assert update.settings["numbers"] == "edited"
    assert list(update.trace.sentences) != list(compute(Settings()).sentences)
    expected = conv2d_loops(
        np.array([[update.settings[f"input_{channel}"] for channel in CHANNELS]]),
        np.array([[update.settings[f"filter_{n}_{channel}"] for channel in CHANNELS] for n in (0, 1)]),
        np.array(update.settings["biases"][0]),
        stride=2,
        padding=1,
    )[0]
    np.testing.assert_array_equal(outputs_of(update.trace), expected)


def test_edited_biases_reach_the_output_and_the_seed_brings_everything_back():
    session, update = session_after(biases="7,-1/2")
    assert update.trace.sentences[0].endswith("+ bias 7 = 11")
    assert update.trace.sentences[17].endswith("+ bias (−0.5) = −2.5")
    update = session.handle({"view": "rgb", "name": "numbers", "value": "seed"})
    assert update.settings["biases"] == ((1.0, 0.0),)
    assert list(update.trace.sentences) == list(compute(Settings()).sentences)


def test_a_preset_starts_with_its_own_stride_and_padding_and_keeps_what_is_chosen_then():
    session, update = session_after(preset="lecture")
    assert (update.settings["stride"], update.settings["padding"]) == (1, 0)
    assert outputs_of(update.trace).shape == (1, 28, 28)
    session.handle({"view": "rgb", "name": "stride", "value": 2})
    update = session.handle({"view": "rgb", "name": "filters", "value": 3})
    assert update.settings["stride"] == 2
    assert outputs_of(update.trace).shape == (3, 14, 14)
    update = session.handle({"view": "rgb", "name": "preset", "value": "cs231n"})
    assert (update.settings["stride"], update.settings["padding"]) == (2, 1)


def test_edited_numbers_survive_every_other_change():
    session, _ = session_after(seed=5, stride=1)
    for name, value in (
        ("biases", "3,4"),
        ("channels", "red"),
        ("edit", "biases"),
        ("preset", "lecture"),
        ("preset", "cs231n"),
        ("padding", 0),
    ):
        update = session.handle({"view": "rgb", "name": name, "value": value})
    assert update.settings["biases"] == ((3.0, 4.0),)
    assert update.settings["input_red"] == Settings(seed=5).input_red
    assert update.settings["numbers"] == "edited"


@settings(max_examples=30)
@given(chosen=st.one_of(CS231N, PHOTOS))
def test_the_call_to_copy_gives_the_output_that_is_shown(chosen):
    trace, names, printed = compute(chosen), {}, io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(trace.facts["call"], "snippet", "exec"), names)  # our own text, made of numbers
    np.testing.assert_allclose(names["out"][0], outputs_of(trace), rtol=1e-6, atol=1e-4)
    assert printed.getvalue().startswith("[[[")


@pytest.mark.parametrize(
    ("values", "largest"),
    [({}, 60_000), ({"stride": 1}, 90_000), (PHOTO, 400_000), (PHOTO | {"filters": 4, "im2col": True}, 1_000_000)],
)
def test_a_trace_stays_small(values, largest):
    assert len(pack({}, compute(Settings(**values)))) <= largest


@pytest.mark.parametrize(
    "values", [{"seed": 5}, {"seed": 5, "biases": "3,4", "numbers": "edited"}, {"preset": "lecture", "stride": 3}]
)
def test_all_settings_at_once_bring_a_session_back(values):
    """So does a worker that was started anew."""
    session = Session()
    for name, value in values.items():
        before = session.handle({"view": "rgb", "name": name, "value": value})
    _, after = session_after(**before.settings)
    assert after.settings == before.settings
    assert list(after.trace.sentences) == list(before.trace.sentences)


def test_as_matrices_the_filters_times_the_windows_are_the_feature_maps():
    trace = Session().handle({"view": "rgb", "name": "im2col", "value": True}).trace
    texts = {part: trace.static[f"im2col_{part}_labels"]["text"].tolist() for part in ("matrix", "rows", "product")}
    numbers = {part: np.array([float(text.replace("−", "-")) for text in found]) for part, found in texts.items()}
    product = numbers["rows"].reshape(2, 27) @ numbers["matrix"].reshape(27, 9) + [[1], [0]]  # the biases
    np.testing.assert_array_equal(numbers["product"].reshape(2, 9), product)
    cell = trace.steps["im2col_cell"]
    assert len({(x, y) for (x,), (y,) in zip(cell["x"].tolist(), cell["y"].tolist(), strict=True)}) == 18


@given(seed=st.integers(0, LARGEST_SEED))
def test_three_channels_to_predict_are_small_whole_and_right(seed):
    update = Session().handle({"view": "rgb", "name": "exercise", "value": seed})
    image = np.array([update.settings[f"input_{channel}"] for channel in CHANNELS])
    weights = np.array([[update.settings[f"filter_{n}_{channel}"] for channel in CHANNELS] for n in (0, 1)])
    assert set(image.ravel()) <= {0, 1, 2}
    assert set(weights.ravel()) <= {-1, 0, 1}
    assert (np.count_nonzero(weights, axis=(2, 3)) == 4).all()
    how = {"stride": update.settings["stride"], "padding": update.settings["padding"]}
    expected = conv2d_loops(image[None], weights, np.array(update.settings["biases"][0]), **how)[0]
    np.testing.assert_array_equal(outputs_of(update.trace), expected)


def test_exercise_seven_of_three_channels_stays_what_it_is():
    update = Session().handle({"view": "rgb", "name": "exercise", "value": 7})
    assert update.exercise.cells == (0, 3, 7)
    assert update.settings["input_red"][0] == (1, 2, 2, 1, 2)
    assert update.settings["filter_0_red"] == ((1, 0, 1), (0, 0, 0), (1, 0, -1))
    assert update.settings["biases"] == ((0, 2),)


@given(chosen=CS231N, data=st.data())
def test_the_products_of_a_step_tell_how_they_come_about_and_sum_up_to_the_output(chosen, data):
    trace = compute(chosen)
    step = data.draw(st.integers(0, len(trace) - 1))
    shown = trace.at(step)["products"]
    assert len(shown["text"]) == 9 * len(trace.facts["product_groups"].split()) == len(trace.static["products"]["x"])
    for text, term in zip(shown["text"], shown["terms"], strict=True):
        pixel, weight = map(number, term.split("×"))
        assert number(text) == pytest.approx(pixel * weight, abs=1e-3)
    at_work = step // (len(trace) // 2)
    bias = chosen.biases[0][at_work] if chosen.channels == "all" else 0
    assert sum(map(number, shown["text"])) + bias == pytest.approx(float(outputs_of(trace).ravel()[step]), abs=1e-2)


@pytest.mark.parametrize("values", [{}, PHOTO | {"filters": 2}])
def test_of_all_grids_whose_cells_are_steps_the_outputs_are_asked_for(values):
    trace = compute(Settings(**values))
    for its in ARRANGEMENTS:
        boxes = trace.static[f"{its.name}_boxes"]
        asked = [source for source, answer in zip(boxes["source"].tolist(), boxes["answer"].tolist(), strict=True) if answer]
        assert asked == ["output_0_values", "output_1_values"]
        assert (boxes["first"][boxes["answer"] == 1] == np.arange(2) * len(trace) // 2).all()


@settings(max_examples=10)
@given(stride=st.integers(1, 3), padding=st.integers(0, 1), image=st.sampled_from(["astronaut", "cat"]))
def test_in_three_groups_each_filter_sees_one_channel_as_a_depthwise_convolution(stride, padding, image):
    update = session_after(preset="lecture", groups=3, image=image, stride=stride, padding=padding)[1]
    assert update.settings["filters"] == 3
    trace, pad = update.trace, slice(padding, padding + 32)
    pixels = np.stack([grid_of(trace, f"input_{name}_values")[pad, pad] for name in CHANNELS]).astype(float)
    kernels = np.stack([kernels[n] for n, kernels in enumerate([*PHOTO_FILTERS.values()][:3])])[:, None]
    expected = conv2d_loops(pixels[None], kernels, np.full(3, PHOTO_BIAS), stride=stride, padding=padding, groups=3)[0]
    np.testing.assert_array_equal(outputs_of(trace), expected)
    assert {name for name in trace.static if name.startswith("partial_1")} == {"partial_1_green_values"}
    middle = len(trace) // 2
    partial = grid_of(trace, "partial_1_green_values").ravel()[middle - len(trace) // 3]
    told = re.fullmatch(r"output\[\d+, \d+, filter 1\] = green (\S+) \+ bias 10 = (\S+)", trace.sentences[middle])
    assert [number(text) for text in told.groups()] == [partial, partial + PHOTO_BIAS]
    texts = trace.at(middle)["sums"]["text"]
    assert (texts[0], texts[2], number(texts[1]), number(texts[4])) == ("", "", partial, partial + PHOTO_BIAS)
    sheets = trace.static["partial_maps"]["image"].reshape(3, 3, -1)
    assert (np.isnan(sheets).all(axis=2) == ~np.eye(3, dtype=bool)).all(), "what no filter has is not drawn"
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(trace.facts["call"], "call", "exec"), names := {})
    np.testing.assert_allclose(names["out"][0], expected)


@pytest.mark.parametrize(
    ("asked", "settings", "words"),
    [
        ({"preset": "lecture", "groups": 2}, {"groups": 3, "filters": 3}, "cannot be divided into 2 equal groups: 2 became 3"),
        ({"preset": "lecture", "groups": 3, "filters": 4}, {"filters": 3}, "need a filter for each channel: 4 became 3"),
        ({"preset": "lecture", "groups": 3, "channels": "red"}, {"channels": "all"}, "each filter sees one channel already"),
        ({"groups": 3}, {"groups": 1}, "2 filters cannot be divided into 3 groups"),
    ],
)
def test_groups_that_do_not_fit_are_brought_back_with_a_sentence(asked, settings, words):
    update = session_after(**asked)[1]
    assert settings.items() <= update.settings.items()
    assert words in update.notices[0]
