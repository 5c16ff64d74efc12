"""The user's own picture in the views that take one, in fewer pixels, and the filters over it typed."""

import base64

import numpy as np
import pytest

from convoscope.engine import conv2d
from convoscope.views.images import brightness, own_picture
from convoscope.views.meetings import fed, meetings
from convoscope.views.session import Session
from convoscope.views.settings import Picture

RNG = np.random.default_rng(3)


def picture(side):
    pixels = RNG.integers(0, 256, (side, side, 3), dtype=np.uint8)
    return pixels, base64.b64encode(pixels.tobytes()).decode()


def shown(view, **settings):
    update = Session().handle({"view": view, "name": "settings", "value": settings})
    assert (update.error, update.notices) == ("", ())
    return update


def test_the_rgb_view_convolves_its_channels_with_filters_that_are_typed():
    pixels, text = picture(32)
    kernel = RNG.integers(-3, 4, (5, 5)).astype(float)
    update = shown("rgb", preset="lecture", image="own", picture=text, filters=2, kernel_1_blue=kernel.tolist())
    assert update.settings["weights_of"] == "edited"
    weights = np.array([[update.settings[f"kernel_{n}_{c}"] for c in ("red", "green", "blue")] for n in (0, 1)])
    np.testing.assert_array_equal(weights[1, 2], kernel)
    expected = conv2d(pixels.transpose(2, 0, 1)[np.newaxis].astype(float), weights, np.array([10.0, 10.0]))[0]
    for n in (0, 1):
        np.testing.assert_array_equal(update.trace.static[f"output_{n}_values"]["value"], expected[n].ravel())
    assert "1: yours." in update.trace.facts["source"]
    assert 'np.load("picture.npy")' in update.trace.facts["call"]


def test_a_kernel_that_is_opened_brings_its_filter_and_given_ones_come_back():
    session = Session()
    event = {"view": "rgb", "name": "edit_photo", "value": "kernel_2_red"}
    assert session.handle({"view": "rgb", "name": "preset", "value": "lecture"}).settings["filters"] == 1
    assert session.handle(event).settings["filters"] == 3
    before = session.settings_of("rgb")
    edited = session.handle({"view": "rgb", "name": "photo_biases", "value": [[1, 2, 3, 4]]})
    assert edited.settings["weights_of"] == "edited"
    assert session.handle({"view": "rgb", "name": "weights_of", "value": "given"}).settings == before


@pytest.mark.parametrize(("view", "own"), [("convolution", "picture"), ("downsampling", "own")])
@pytest.mark.parametrize("size", [128, 64, 32])
def test_of_fewer_pixels_each_is_the_mean_of_a_square(view, own, size):
    pixels, text = picture(128)
    update = shown(view, image=own, picture=text, size=str(size))
    block = 128 // size
    means = brightness(pixels).reshape(size, block, size, block).mean(axis=(1, 3))
    np.testing.assert_array_equal(update.trace.static["input_values"]["value"].ravel(), np.floor(means + 0.5).ravel())


def test_it_starts_with_all_its_pixels_and_has_no_more():
    session = Session()
    assert session.handle({"view": "convolution", "name": "image", "value": "picture"}).settings["size"] == "128"
    update = session.handle({"view": "convolution", "name": "size", "value": "224"})
    assert update.notices == ("Your picture has 128×128 pixels: 224 became 128.",)
    update = session.handle({"view": "convolution", "name": "image", "value": "cat"})
    assert update.settings["size"] == "128"


@pytest.mark.parametrize("value", ["AAAA", "<img>", None, 7, {"width": 9}, picture(31)[1], "A" * 1_000_000])
def test_what_is_no_picture_is_refused_with_its_size_and_the_old_one_stays(value):
    session = Session()
    session.handle({"view": "rgb", "name": "picture", "value": picture(32)[1]})
    before = session.settings_of("rgb")
    update = session.handle({"view": "rgb", "name": "picture", "value": value})
    assert "must come as 32×32 pixels in base64; choose the file again" in update.error
    assert session.settings_of("rgb") == before


def test_an_address_keeps_the_picture_and_a_reset_does_not():
    session = Session()
    text = picture(128)[1]
    session.handle({"view": "downsampling", "name": "settings", "value": {"image": "own", "picture": text, "stride": 3}})
    update = session.handle({"view": "downsampling", "name": "address", "value": {"image": "own"}})
    assert (update.settings["picture"], update.settings["stride"]) == (text, 2)
    assert session.handle({"view": "downsampling", "name": "reset"}).settings["picture"] == ""


def test_before_there_is_one_it_is_black():
    assert own_picture("", 32).shape == (32, 32, 3)
    assert not own_picture("").any()
    assert Picture(side=224).side == 224


def test_an_input_cell_feeds_the_outputs_whose_windows_hold_it():
    kernel, image = meetings((6, 7), (3, 3), (2, 3), (2, 2))
    assert kernel["rows"].tolist() == [[0, 2, 4], [1, 3, 5]]
    assert image["rows"].tolist() == [[0, -1], [0, -1], [1, -1], [1, -1], [2, -1], [2, -1]]
    assert image["columns"].tolist()[:5] == [[0, -1, -1], [0, -1, -1], [1, 0, -1], [1, -1, -1], [2, 1, -1]]
    assert fed(5, 3, 3, 1)["rows"].tolist()[2] == [2, 1, 0]


@pytest.mark.parametrize("view", ["convolution", "downsampling"])
def test_at_32_pixels_numbers_stand_in_the_cells_on_request(view):
    update = shown(view, image="cat", size="32", numbers=True)
    assert "large" in update.trace.facts
    for source in ("input", "output" if view == "convolution" else "maximum"):
        labels, values = update.trace.static[f"{source}_labels"], update.trace.static[f"{source}_values"]["value"]
        texts = [labels["text"].table[code] for code in labels["text"].codes]
        assert [float(text.replace("−", "-")) for text in texts] == values.tolist()
    dark = update.trace.static["input_values"]["value"].argmin()
    assert update.trace.static["input_labels"]["shade"][dark] > 0.8  # so that its number is written in white
    facts = shown(view, image="cat", size="64", numbers=True).trace.facts
    assert facts["input_note"].startswith("Numbers fit into the cells of at most 32×32 pixels")
    assert "large" not in facts
