"""The network view: what is on the pad, what is done to it, what the network makes of it, and what one can change."""

import base64
import io
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convoscope.engine import centre_crop, export_convnetjs, mnist_digit, parse_network, read_shard, save_weights, softmax
from convoscope.views.files import DiskFiles, FetchedFiles, FileNeeded
from convoscope.views.network import lesson
from convoscope.views.network.edits import edited, read_edits
from convoscope.views.network.preparation import as_input, digits_of, ink_of, moved, prepare
from convoscope.views.network.settings import LONGEST_EDITS, NetworkSettings
from convoscope.views.networks import Networks
from convoscope.views.session import Session
from convoscope.views.settings import SettingError

FILES = DiskFiles()
STAGES = ("crop", "scale", "centre")
IMAGES, LABELS = read_shard(FILES.read("mnist/test-00.gz"))


def send(session, name, value=None):
    return session.handle({"view": "network", "name": name, "value": value})


def changed(session, **values):
    update = send(session, "settings", values)
    assert update.error == ""
    return update


def probabilities(update):
    return update.trace.static["probabilities"]["value"]


def maps_of(update, block):
    """What every map of a block holds. -> one array a map."""
    table, values = update.trace.static["map_table"], update.trace.static["values"]["value"]
    return [values[start : start + cells] for at, start, cells in zip(
        table["block"], table["start"], table["cells"], strict=True) if at == block]  # fmt: skip


def names_of(update):
    return update.trace.static["block_table"]["name"].tolist()


def ring():
    """A drawn 0 in the pad's upper left corner."""
    rows, columns = np.indices((56, 56))
    away = np.hypot(rows - 12, (columns - 10) * 1.5)
    return (away > 7) & (away < 11)


@pytest.fixture
def session():
    return Session()


# What the network says


@pytest.mark.parametrize("name", ["lenet5", "convnetjs"])
def test_every_test_digit_gets_the_engines_probabilities(session, name):
    network = Networks(FILES).get(name)
    size = network.input_shape[1:]
    for digit in range(0, 2000, 10):
        update = changed(session, network=name, digit=digit)
        x = centre_crop(IMAGES[digit : digit + 1], size)[:, np.newaxis] / np.float32(255) + np.float32(network.pixel_offset)
        np.testing.assert_allclose(probabilities(update), softmax(network.forward(x))[0], atol=1e-6)


def test_the_sentence_says_what_it_reads_and_whether_that_is_right(session):
    assert send(session, "reset").trace.sentences[0] == (
        "LeNet-5 says 7 (>99.9 %), then 9 (<0.1 %). It is labelled 7: right."
    )
    bar = changed(session, digit=340).trace.static["best_bar"]
    assert bar["x"] == pytest.approx([0.35])  # the fourth of ten, a 3
    assert changed(session, digit=340).trace.sentences[0].endswith("It is labelled 5: wrong.")
    assert changed(session, image="drawing").trace.sentences[0].startswith("Draw a digit on the pad.")


def test_a_drawing_is_read(session):
    update = changed(session, image="drawing", drawing=digits_of(ring()))
    assert probabilities(update).argmax() == 0
    assert "labelled" not in update.trace.sentences[0]


# What is done to the drawing


@pytest.mark.parametrize("digit", range(20))
def test_a_test_digit_goes_in_as_it_is_and_with_all_stages_as_mnist_was_made(digit):
    pad = IMAGES[digit] / 255.0
    plain = prepare(pad, crop=False, scale=False, centre=False)
    np.testing.assert_array_equal(plain.field, pad.astype(np.float32))
    whole = prepare(pad, crop=True, scale=True, centre=True)
    np.testing.assert_array_equal(whole.field, mnist_digit(pad).field)


@given(st.integers(-27, 27), st.integers(-27, 27), st.booleans(), st.booleans(), st.booleans())
@settings(deadline=None)
def test_whatever_the_stages_nothing_fails_and_ink_stays_within_bounds(down, right, crop, scale, centre):
    pad = moved(ring().astype(float), down, right)
    prepared = prepare(pad, crop=crop, scale=scale, centre=centre)
    assert prepared.field.shape == (28, 28)
    assert 0 <= prepared.field.min() <= prepared.field.max() <= 1
    if pad.any():
        height, width = prepared.scaled.shape
        assert np.isclose(prepared.field.sum(), prepared.scaled.sum(), rtol=1e-5)
        assert not scale or max(height, width) == 20


def test_moved_ink_lies_as_many_pixels_further_on_and_comes_back(session):
    pad = IMAGES[0] / 255.0
    np.testing.assert_array_equal(moved(pad, 3, -2)[3:, :-2], pad[:-3, 2:])
    np.testing.assert_array_equal(moved(moved(pad, -4, 2), 4, -2), pad)


def test_an_off_centre_digit_fails_and_centring_it_helps(session):
    """Why MNIST's treatment matters: the figures are those of the first 60 test digits, moved by 7 pixels."""
    right = {"as it is": 0, "moved": 0, "moved and centred": 0}
    for digit in range(60):
        for case, values in (
            ("as it is", {"shift_right": 0, "centre": False}),
            ("moved", {"shift_right": -7, "centre": False}),
            ("moved and centred", {"shift_right": -7, "crop": True, "centre": True}),
        ):
            update = changed(session, **{"digit": digit, "crop": False, "scale": False} | values)
            right[case] += int(probabilities(update).argmax() == LABELS[digit])
    assert right["as it is"] == 60
    assert right["moved"] < 35
    assert right["moved and centred"] > 54


def test_the_stages_begin_on_for_a_drawing_and_off_for_a_digit_and_stay_as_set(session):
    flags = lambda update: [update.settings[stage] for stage in STAGES]  # noqa: E731
    assert flags(send(session, "image", "drawing")) == [True, True, True]
    assert flags(send(session, "centre", False)) == [True, True, False]
    assert flags(changed(session, drawing=digits_of(ring()))) == [True, True, False]
    assert flags(changed(session, image="drawing")) == [True, True, False]
    assert flags(send(session, "image", "digit")) == [False, False, False]


def test_a_network_that_sees_less_gets_the_middle_and_one_that_sees_more_a_frame():
    field = np.arange(784, dtype=np.float32).reshape(28, 28)
    np.testing.assert_array_equal(as_input(field, (24, 24), -0.5)[0, 0], field[2:26, 2:26] - 0.5)
    framed = as_input(field, (32, 31), 0.0)[0, 0]
    np.testing.assert_array_equal(framed[2:30, 2:30], field)
    assert framed.shape == (32, 31)
    assert framed[:2].max() == framed[30:].max() == 0


@given(st.binary(min_size=392, max_size=392))
def test_a_drawing_is_written_and_read_back(data):
    ink = np.unpackbits(np.frombuffer(data, np.uint8)).reshape(56, 56).astype(bool)
    np.testing.assert_array_equal(ink_of(digits_of(ink)), ink)
    assert len(digits_of(ink)) in (0, 784)


# Through the digits


def test_next_and_previous_go_round(session):
    assert send(session, "next").settings["digit"] == 1
    assert send(session, "previous").settings["digit"] == 0
    assert send(session, "previous").settings["digit"] == 9999


def test_only_one_class_and_only_what_is_read_wrong(session):
    assert send(session, "only", "3").settings["digit"] == LABELS.tolist().index(3)
    digit = send(session, "next").settings["digit"]
    assert LABELS[digit] == 3
    assert not any(LABELS[LABELS.tolist().index(3) + 1 : digit] == 3)
    assert send(session, "previous").settings["digit"] == LABELS.tolist().index(3)
    send(session, "next")
    update = send(session, "only", "wrong")
    assert int(update.trace.facts["label"]) != probabilities(update).argmax()
    later = send(session, "next")
    assert later.settings["digit"] > update.settings["digit"]
    assert int(later.trace.facts["label"]) != probabilities(later).argmax()


def test_a_crippled_network_is_wrong_at_once(session):
    send(session, "edit", {"place": "linear3.bias[5]", "value": 100})
    assert send(session, "only", "wrong").settings["digit"] == 0


# Pictures and files


def picture(pixels):
    return base64.b64encode(np.repeat(pixels[..., np.newaxis], 3, axis=2).astype(np.uint8).tobytes()).decode()


@pytest.mark.parametrize("paper", [0, 255])
def test_a_photographed_digit_becomes_ink(session, paper):
    big = np.kron(IMAGES[3], np.ones((4, 4)))  # a 0, 112×112
    pixels = np.full((128, 128), paper) + np.pad(big, 8) * (1 if paper == 0 else -1) * 0.8
    update = send(session, "picture", picture(pixels))
    assert update.error == ""
    assert update.settings["image"] == "drawing"
    assert probabilities(update).argmax() == LABELS[3] == 0


@pytest.mark.parametrize("value", [None, 7, "", "abc", picture(np.zeros((128, 128))), picture(np.full((128, 128), 200))])
def test_a_picture_of_nothing_is_refused_and_the_drawing_stays(session, value):
    changed(session, image="drawing", drawing=digits_of(ring()))
    update = send(session, "picture", value)
    assert update.error
    assert send(session, "crop", True).settings["drawing"] == digits_of(ring())


def npz(**arrays):
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def load(session, data):
    return send(session, "load", {"name": "mine", "data": base64.b64encode(data).decode()})


def lenet():
    return Networks(FILES).get("lenet5")


def test_saved_weights_come_back_as_another_network(session):
    network = edited(lenet(), read_edits(lenet(), "linear3.bias[4]=99"))
    update = load(session, save_weights(network))
    assert (update.error, update.settings["network"]) == ("", "loaded")
    assert probabilities(update).argmax() == 4
    assert probabilities(changed(session, network="lenet5")).argmax() == 7
    assert probabilities(changed(session, network="loaded")).argmax() == 4


def test_a_convnetjs_snapshot_is_read(session):
    update = load(session, export_convnetjs(Networks(FILES).get("convnetjs")).encode())
    assert update.error == ""
    np.testing.assert_allclose(probabilities(update), probabilities(changed(session, network="convnetjs")), atol=1e-6)


BAD_FILES = {
    "nothing": b"",
    "neither": b"\xff\xfe\x00\x01",
    "no json": b"hello",
    "another json": b'{"layers": []}',
    "truncated": save_weights(lenet())[:5000],
    "other names": npz(weight=np.zeros(3, np.float32)),
    "pickled": npz(**{name: np.array([{}]) if name == "conv1.bias" else value for name, value in lenet().parameters().items()}),
    "wrong shape": npz(**lenet().parameters() | {"conv1.bias": np.zeros(7, np.float32)}),
    "wrong type": npz(**lenet().parameters() | {"conv1.bias": np.zeros(6, np.int32)}),
    "not finite": npz(**lenet().parameters() | {"conv1.bias": np.full(6, np.nan, np.float32)}),
    "too large": b"PK" + bytes(9_000_000),
    "bomb": npz(**lenet().parameters() | {"conv1.bias": np.zeros(3_000_000, np.float32)}),
}


@pytest.mark.parametrize("what", BAD_FILES)
def test_a_bad_weights_file_is_explained_and_the_old_network_stays(session, what):
    before = probabilities(changed(session, digit=5))
    update = load(session, BAD_FILES[what])
    assert update.trace is None
    assert len(update.error) > 40
    assert update.error.endswith(".")
    after = changed(session, digit=5)
    assert after.settings["network"] == "lenet5"
    np.testing.assert_array_equal(probabilities(after), before)


@pytest.mark.parametrize("value", [None, "x", {}, {"data": 3}, {"data": "?"}, {"data": "AAA"}])
def test_what_is_no_file_at_all_is_refused(session, value):
    assert send(session, "load", value).error


@pytest.mark.parametrize("name", ["trained", "loaded"])
def test_a_network_that_is_not_there_leaves_the_old_one(session, name):
    changed(session, network="convnetjs")
    update = send(session, "network", name)
    assert update.settings["network"] == "convnetjs"
    assert "is not there yet" in update.notices[0]


# Changes


def test_one_weight_changes_exactly_what_depends_on_it(session):
    before = send(session, "reset")
    after = send(session, "edit", {"place": "conv1.weight[2,0,1,1]", "value": "0.75"})
    assert after.settings["edits"] == "C1.weight[2,0,1,1]=0.75"
    for block, name in enumerate(names_of(before)):
        same = [np.array_equal(a, b) for a, b in zip(maps_of(before, block), maps_of(after, block), strict=True)]
        if name in ("C1", "ReLU1", "S2"):
            assert same == [n != 2 for n in range(6)], name
        else:
            assert all(same) if name == "input" else not all(same), name
    parameters = edited(lenet(), read_edits(lenet(), after.settings["edits"])).parameters()
    for name, value in lenet().parameters().items():
        differs = np.argwhere(value != parameters[name]).tolist()
        assert differs == ([[2, 0, 1, 1]] if name == "conv1.weight" else [])


def test_a_bias_of_the_last_layer_changes_one_logit(session):
    before = send(session, "reset")
    after = send(session, "edit", {"place": "linear3.bias[3]", "value": 2})
    last = len(names_of(before)) - 1
    moved_by = [float(b[0] - a[0]) for a, b in zip(maps_of(before, last), maps_of(after, last), strict=True)]
    assert np.flatnonzero(moved_by).tolist() == [3]
    for block in range(last):
        for a, b in zip(maps_of(before, block), maps_of(after, block), strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(("layer", "block", "whole"), [("conv1", 1, True), ("conv1", 1, False), ("relu1", 2, True)])
def test_what_is_switched_off_gives_zero_and_nothing_beside_it_changes(session, layer, block, whole):
    before = send(session, "reset")
    largest = int(maps_of(before, block)[3].argmax())
    off = slice(None) if whole else largest
    place = f"{layer}.off[3]" if whole else f"{layer}.off[3,{largest // 28},{largest % 28}]"
    after = send(session, "edit", {"place": place, "value": True})
    for n, (a, b) in enumerate(zip(maps_of(before, block), maps_of(after, block), strict=True)):
        expected = a.copy()
        if n == 3:
            expected[off] = 0
        np.testing.assert_array_equal(b, expected)
    assert not np.array_equal(probabilities(before), probabilities(after))
    back = send(session, "edit", {"place": place, "value": None})
    np.testing.assert_array_equal(probabilities(back), probabilities(before))
    assert back.settings["edits"] == ""


def test_a_switched_off_unit_says_so_on_its_card(session):
    update = changed(session, unit="conv1[3,14,14]", edits="conv1.off[3,14,14]")
    assert "switched off" in update.trace.sentences[0]
    assert update.trace.facts["card_unit_off"] == "yes"
    assert "switched off: 0" in update.trace.facts["card_sum"]


def test_typing_the_learned_weight_again_takes_the_change_back(session):
    place = "conv2.weight[1,2,3,4]"
    learned = float(lenet().parameters()["conv2.weight"][1, 2, 3, 4])
    send(session, "edit", {"place": place, "value": 1})
    assert send(session, "edit", {"place": place, "value": learned}).settings["edits"] == ""


def test_another_network_begins_unchanged_and_what_it_has_not_is_dropped(session):
    changed(session, edits="conv1.off[2]", unit="linear2[3]")
    update = send(session, "network", "convnetjs")
    assert (update.settings["edits"], update.settings["unit"]) == ("", "")
    update = changed(session, edits="linear3.bias[1]=2", unit="linear2[3]", kernels="linear2")
    assert (update.settings["edits"], update.settings["unit"], update.settings["kernels"]) == ("", "", "none")
    assert len(update.notices) == 3


BAD_CHANGES = {
    "conv9.off[1]": True, "conv1.off[0,0]": True, "conv1.weight[9,0,0,0]": 1, "conv1.weight[0,0,0]": 1, "relu1.weight[0]": 1,
    "conv1.bias[0]": "x", "conv1.bias[1]": "nan", "conv1.bias[2]": "1e9", "conv1.weight[0,0,0,0,0,0]": 1,
    "conv1.__class__[0]": 1,
}  # fmt: skip


@pytest.mark.parametrize(
    "value",
    [None, "conv1.off[1]", {"place": 3}, *({"place": place, "value": value} for place, value in BAD_CHANGES.items())],
)
def test_a_change_that_is_none_is_refused(session, value):
    assert send(session, "edit", value).error
    assert send(session, "crop", False).settings["edits"] == ""


def test_changes_end_where_an_address_would_be_too_long(session):
    sent = [send(session, "edit", {"place": f"linear1.weight[{n},300]", "value": 0.123}) for n in range(40)]
    assert sent[0].error == ""
    assert "no room for more changes" in sent[-1].error
    assert len(send(session, "crop", False).settings["edits"]) <= LONGEST_EDITS


def test_a_changed_network_does_not_change_the_shared_one(session):
    send(session, "edit", {"place": "conv1.bias[0]", "value": 5})
    np.testing.assert_array_equal(session.networks.get("lenet5").vector, lenet().vector)


@pytest.mark.parametrize("text", ["conv1.off[1];;conv1.off[2]", " conv1.off[ 1 ] ", "conv1.bias[1]=1;conv1.bias[1]=2"])
def test_changes_may_be_written_loosely(text):
    assert 1 <= len(read_edits(lenet(), text)) <= 2


def test_a_wrong_change_in_an_address_is_dropped_with_a_notice(session):
    update = changed(session, digit=3, edits="conv1.weight[77,0,0,0]=1")
    assert update.settings["digit"] == 3
    assert update.settings["edits"] == ""
    assert "goes up to" in update.notices[0]


# The card


RANDOM = np.random.default_rng(5)
KINDS = {"C1": (6, 28, 28), "ReLU1": (6, 28, 28), "S2": (6, 14, 14), "C3": (16, 10, 10), "C5": (120,),
         "F6": (84,), "output": (10,), "softmax": (10,)}  # fmt: skip


def test_a_layer_has_one_name_in_the_figure_the_card_the_menu_and_the_address(session):
    """Old addresses with the engine's names still work, and become the present one."""
    edits = "conv2.off[1];linear3.bias[2]=1"
    update = changed(session, unit="conv2[3,4,5]", kernels="conv2", edits=edits, layers="conv2,linear1")
    assert [update.settings[name] for name in ("unit", "kernels", "edits", "layers")] == [
        "C3[3,4,5]", "C3", "C3.off[1];output.bias[2]=1", "C3,C5",
    ]  # fmt: skip
    still, facts = update.trace.static, update.trace.facts
    assert facts["card_title"] == "C3[3, 4, 5]"
    assert facts["kernels_layer"] == "C3"
    assert still["heads"]["title"].tolist() == still["block_table"]["name"].tolist() == still["block_table"]["title"].tolist()
    assert "C3" in still["heads"]["title"].tolist()
    assert update.notices == ()


@pytest.mark.parametrize(("network", "layers"), [("lenet5", "C1,C3,C5,F6,output"), ("convnetjs", "conv1,conv2,output")])
def test_the_menu_of_weights_offers_the_layers_that_have_some(session, network, layers):
    assert changed(session, network=network).trace.facts["kernels_menu"] == layers
    for layer in layers.split(","):
        update = changed(session, kernels=layer)
        assert (update.notices, update.trace.facts["kernels_layer"]) == ((), layer)


def test_the_chosen_weights_stay_those_of_the_same_layer_in_another_network(session):
    changed(session, kernels="C3")
    assert changed(session, network="convnetjs").settings["kernels"] == "conv2"
    assert changed(session, network="lenet5").settings["kernels"] == "C3"


def test_so_they_do_where_the_other_networks_file_must_be_fetched_first():
    files = FetchedFiles()
    session = Session(files)

    def fetched(**values):
        try:
            return changed(session, **values)
        except FileNeeded as needed:
            files.put(needed.path, FILES.read(needed.path))
            return fetched(**values)

    fetched(kernels="C3")
    assert fetched(network="convnetjs").settings["kernels"] == "conv2"


def test_a_logit_feeds_every_class_and_the_numbers_beside_them_are_probabilities(session):
    still = changed(session, unit="output[3]").trace.static
    classes, shown = still["card_feeds"]["unit"].tolist(), still["card_feeds"]["result"].tolist()
    assert sorted(classes) == [f"softmax[{n}]" for n in range(10)]
    assert classes[0] == "softmax[3]"
    assert shown[classes.index("softmax[7]")] == ">99.9 %"


def test_what_is_not_told_is_counted(session):
    labels = changed(session, unit="F6[3]").trace.static["card_feeds"]["label"].tolist()
    assert labels == ["ReLU6[3]"]
    labels = changed(session, unit="ReLU5[3]").trace.static["card_feeds"]["label"].tolist()
    assert len(labels) == 11
    assert labels[-1] == "and 74 more"


@pytest.mark.parametrize("name", KINDS)
def test_the_numbers_on_a_card_add_up_to_the_units_value(session, name):
    for _ in range(50):
        position = [int(RANDOM.integers(size)) for size in KINDS[name]]
        update = changed(session, digit=int(RANDOM.integers(9999)), unit=f"{name}[{','.join(map(str, position))}]")
        still, facts = update.trace.static, update.trace.facts
        value = value_of(update, name, position)
        cells, terms = still["card_cells"], still["card_terms"]
        kinds = np.array(cells["kind"].tolist())
        if name in ("C1", "C3"):
            window, kernel, products = (cells["value"][kinds == kind] for kind in ("window", "kernel", "products"))
            np.testing.assert_allclose(window * kernel, products, rtol=1e-6)
            assert_leads_to_what_it_shows(update)
            total = products.sum() + terms["value"][-1]
        elif name == "S2":
            total = cells["value"].max()
            assert cells["value"][cells["won"] == 1].tolist() == [total]
        elif name == "ReLU1":
            total = max(0.0, number(terms["result"].tolist()[0]))
        else:
            results = [number(text) for text in terms["result"].tolist()]
            total = results[position[0]] if name == "softmax" else sum(results)
        tolerance = 0.02 if name not in ("C1", "C3", "S2") else 2e-5  # of texts with three decimals
        assert total == pytest.approx(value, abs=tolerance)
        assert number(facts["card_value"]) == pytest.approx(value, abs=5e-4)


def assert_leads_to_what_it_shows(update):
    """Every cell that can be clicked shows the value of the unit to which it leads."""
    cells = update.trace.static["card_cells"]
    leading = [(text, value) for text, value in zip(cells["unit"].tolist(), cells["value"].tolist(), strict=True) if text]
    assert leading
    for text, value in leading:
        name, position = text.removesuffix("]").split("[")
        assert value_of(update, name, [int(place) for place in position.split(",")]) == pytest.approx(value, abs=1e-6)


def value_of(update, name, position):
    if name == "softmax":
        return float(probabilities(update)[position[0]])
    block = names_of(update).index(name)
    maps = maps_of(update, block)
    if len(position) == 3:
        side = round(len(maps[0]) ** 0.5)
        return float(maps[position[0]][position[1] * side + position[2]])
    return float(maps[0][position[0]] if len(maps) == 1 else maps[position[0]][0])


def number(text):
    return float(text.replace("−", "-"))


def test_from_every_card_one_can_step_down_to_the_input_and_up_to_a_probability(session):
    unit, seen_kinds = "softmax[7]", []
    while unit:
        update = changed(session, unit=unit)
        seen_kinds.append(unit.split("[")[0])
        still = update.trace.static
        down = [*still["card_terms"]["unit"].tolist(), *still["card_cells"]["unit"].tolist()]
        unit = next((text for text in down if text), "")
    wanted = "softmax output ReLU6 F6 ReLU5 C5 S4 ReLU3 C3 S2 ReLU1 C1 input"
    assert seen_kinds == wanted.split()
    unit = "input[0,14,14]"
    for _ in range(12):
        unit = changed(session, unit=unit).trace.static["card_feeds"]["unit"].tolist()[0]
    assert unit.startswith("softmax")


def test_what_opens_in_the_convolution_view_gives_the_units_own_sum(session):
    """The settings of the convolution view, whatever was set there, give the map's share of the unit's sum."""
    for unit in ("conv1[0,0,0]", "conv1[3,14,9]", "conv2[5,9,9]", "conv2[5,4,0]"):
        update = changed(session, unit=unit)
        still = update.trace.static
        openings, terms = still["card_openings"], still["card_terms"]
        for group, shown in zip(openings["group"], openings["settings"].tolist(), strict=True):
            session.handle({"view": "convolution", "name": "reset"})
            other = {"bias": 3, "relu": True, "padding_rule": "full", "stride_across": "3"}
            session.handle({"view": "convolution", "name": "settings", "value": other})
            answer = session.handle({"view": "convolution", "name": "settings", "value": json.loads(shown)})
            assert answer.notices == ()
            assert answer.error == ""
            output = answer.trace.static["output_values"]["value"]
            assert len(output) == {"conv1[0,0,0]": 4, "conv1[3,14,9]": 9, "conv2[5,9,9]": 4, "conv2[5,4,0]": 6}[unit]
            wanted = number(terms["result"].tolist()[terms["group"].tolist().index(group)])
            assert np.abs(output - wanted).min() < 2e-3


# Weights, reasons, colours, addresses


@pytest.mark.parametrize("layer", ["conv1", "conv2", "linear1", "linear3"])
def test_the_picture_of_weights_holds_every_weight_and_bias_at_its_place(session, layer):
    edits = f"{layer}.weight[{'1,0,2,3' if 'conv' in layer else '1,3'}]=0.5;{layer}.bias[4]=0.75"
    update = changed(session, kernels=layer, edits=edits)
    parameters = edited(lenet(), read_edits(lenet(), update.settings["edits"])).parameters()
    weight, bias = parameters[f"{layer}.weight"], parameters[f"{layer}.bias"]
    still = update.trace.static
    np.testing.assert_array_equal(still["kernel_values"]["value"], weight.ravel())
    np.testing.assert_array_equal(still["kernel_biases"]["value"], bias)
    shades = still["kernels"]["image"][0]
    limit = max(np.abs(weight).max(), np.abs(bias).max())
    rows, columns = shades.shape
    if weight.ndim == 4:
        f, c, k, m = 4, weight.shape[1] - 1, 2, 0
        assert shades[c * 6 + k, f * 6 + m] == pytest.approx(weight[f, c, k, m] / limit, abs=1e-6)
        np.testing.assert_allclose(shades[-1].reshape(1, -1)[:, 2::6][0], bias / limit, atol=1e-6)
        assert np.isnan(shades).sum() == shades.size - weight.size - 5 * bias.size
    else:
        np.testing.assert_allclose(shades[:, :-2], weight / limit, atol=1e-6)
        np.testing.assert_allclose(shades[:, -1], bias / limit, atol=1e-6)
        assert np.isnan(shades[:, -2]).all()
    frames = np.stack([still["kernel_edits"][side] for side in ("x", "y", "dw")])
    at = [(2, 6 + 3, 1), (rows - 1, 4 * 6, 5)] if weight.ndim == 4 else [(1, 3, 1), (4, columns - 1, 1)]
    wanted = [(left / columns, 1 - (row + 1) / rows, wide / columns) for row, left, wide in at]
    np.testing.assert_allclose(frames.T, wanted, atol=1e-6)


@pytest.mark.parametrize("why", ["gradient", "occlusion"])
def test_why_this_class_follows_the_network_as_it_was_changed(session, why):
    assert changed(session, why=why, explain="3").trace.facts["why"] == "for 3"
    plain = changed(session, explain="7").trace
    assert plain.facts["why"] == "for 7"
    same = changed(session, edits="linear3.bias[7]=3").trace
    np.testing.assert_allclose(same.static["why_values"]["value"], plain.static["why_values"]["value"], atol=1e-4)
    other = changed(session, edits="conv1.off[1]").trace
    assert not np.allclose(other.static["why_values"]["value"], plain.static["why_values"]["value"], atol=1e-2)
    assert "why_hidden" in changed(session, why="none").trace.facts


def test_asking_why_leaves_the_numbers_of_the_layers_alone(session):
    before = changed(session, digit=4)
    after = changed(session, why="occlusion")
    np.testing.assert_array_equal(before.trace.static["values"]["value"], after.trace.static["values"]["value"])


def test_one_scale_for_the_network_makes_layers_comparable(session):
    own, shared = (changed(session, colours=colours).trace.static for colours in ("layer", "network"))
    assert len(set(own["heads"]["limit"].tolist())) > 5
    assert len(set(shared["heads"]["limit"].tolist())) == 1
    limit = number(shared["heads"]["limit"].tolist()[0].removeprefix("±"))
    cells = shared["map_table"]["cells"] == shared["map_table"]["rows"] * shared["map_table"]["columns"]
    assert cells.all()
    np.testing.assert_allclose(shared["maps"]["image"] * limit, shared["values"]["value"], atol=0.02 * limit)
    assert np.sign(own["maps"]["image"]).tolist() == np.sign(own["values"]["value"]).tolist(), "zero is fixed"


def test_everything_fits_an_address():
    settings = NetworkSettings()
    longest = {"drawing": "f" * 784, "edits": "x" * LONGEST_EDITS}
    others = "".join(f"&{name}=xxxxxxxxxxxx" for name in settings.names() if name not in longest)
    assert len("view=network" + others + "".join(longest.values())) < 2000


@pytest.mark.parametrize("network", ["lenet5", "convnetjs"])
def test_maps_do_not_overlap_and_stay_in_the_drawing(session, network):
    table = changed(session, network=network).trace.static["map_table"]
    for drawing in ("wide", "narrow"):
        left, bottom, width, height = (table[f"{drawing}_{name}"].astype(float) for name in ("x", "y", "dw", "dh"))
        assert left.min() >= 0
        assert bottom.min() >= -1e-6
        assert (left + width).max() <= 1 + 1e-6
        assert (bottom + height).max() <= 1 + 1e-6
        for n in range(len(left)):
            apart = (left + width <= left[n] + 1e-6) | (left >= left[n] + width[n] - 1e-6)
            apart |= (bottom + height <= bottom[n] + 1e-6) | (bottom >= bottom[n] + height[n] - 1e-6)
            apart[n] = True
            assert apart.all()


def test_an_own_network_of_any_layers_can_be_shown(session):
    for text in ("flatten / linear 10", "flatten / linear 100 / sigmoid / linear 10",
                 "conv 4 3x3 stride 2 / lrn 3 / concat(conv 2 1x1 | conv 3 3x3 pad 1 / relu) / add(identity | conv 5 1x1) / "
                 "globalavgpool / linear 10",
                 "conv 70 3x3 stride 2 / tanh / avgpool 2 / dropout 0.5 / flatten / linear 13 / relu / linear 10"):  # fmt: skip
        session.networks.put("trained", parse_network(text, (1, 28, 28), np.random.default_rng(1)))
        update = changed(session, network="trained")
        for name, axes in zip(names_of(update), update.trace.static["block_table"]["axes"].tolist(), strict=True):
            asked = changed(session, unit=f"{name}[0,1,1]" if axes == 3 else f"{name}[1]")
            assert asked.notices == ()
            assert asked.trace.facts["card_title"]
        changed(session, network="lenet5")


@pytest.mark.parametrize("values", [
    {}, {"network": "convnetjs", "digit": 340, "shift_right": 3, "centre": True},
    {"image": "drawing", "drawing": digits_of(ring()), "crop": False, "edits": "conv1.off[2];linear3.bias[1]=2"},
])  # fmt: skip
def test_the_program_gives_the_probabilities(session, values, capsys):
    update = changed(session, **values)
    program = update.trace.facts["call"].replace("print(", "found.append(")
    found = []
    exec(program, {"found": found})
    np.testing.assert_allclose(found[0], probabilities(update), atol=1e-6)


def test_compute_alone_makes_a_state_of_its_own():
    assert "LeNet-5 says 7" in lesson.compute(NetworkSettings()).sentences[0]


def test_an_edit_must_name_a_place():
    with pytest.raises(SettingError):
        read_edits(lenet(), "nonsense")


def test_an_empty_pad_says_what_to_do(session):
    update = changed(session, image="drawing", drawing="")
    assert update.trace.facts["stages"] == "Nothing is drawn yet: draw a digit, or choose one"
