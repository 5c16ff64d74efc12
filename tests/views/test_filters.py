"""The filters view: the strongest patches are those of a plain search, the ascent climbs in pieces and stops on request."""

import base64
import json

import numpy as np
import pytest

from convoscope.engine import network_input, squeezenet_input
from convoscope.views.answer import answer
from convoscope.views.files import DiskFiles, FetchedFiles, FileNeeded
from convoscope.views.filters.columns import PATCH, patch
from convoscope.views.filters.excitation import PICTURES, SHOWN, digits_in
from convoscope.views.filters.settings import DIGIT_LAYERS, LAYERS
from convoscope.views.imagenet import imagenet_network
from convoscope.views.images import PHOTOS, photo
from convoscope.views.networks import Networks
from convoscope.views.session import Session
from convoscope.views.units.activations import Activations
from convoscope.views.units.graph import layer_names

FILES = DiskFiles()


def ask(session, name, value=None):
    update = answer(session, {"view": "filters", "name": name, "value": value})
    assert not update.error
    return update


def finished(**settings):
    return Session().handle_to_the_end({"view": "filters", "name": "address", "value": settings})


def words_of(trace):
    names, values = (trace.static[f"patch_{what}"]["text"].tolist() for what in ("names", "values"))
    return [f"{name}: {value}" for name, value in zip(names, values, strict=True)]


@pytest.fixture(scope="module")
def flamingo():
    return finished(layer="conv10", channel=130, updates=12, side="64").trace


def test_the_choices_of_layers_are_those_of_the_networks():
    names = layer_names(imagenet_network(FILES))
    assert [name for name in names if name in LAYERS] == list(LAYERS)
    assert [name for name in layer_names(Networks(FILES).get("lenet5")) if name in DIGIT_LAYERS] == list(DIGIT_LAYERS)


def test_the_patches_are_those_of_the_largest_numbers_of_all_photographs(flamingo):
    network, strongest = imagenet_network(FILES).copy(), {}
    for name in PHOTOS:
        network.forward(squeezenet_input(photo(name, 224, FILES)))
        strongest[name] = float(Activations.of(network).values[-3][130].max())
    order = sorted(strongest, key=strongest.get, reverse=True)[:SHOWN]
    assert words_of(flamingo) == [f"{name}: {float(f'{strongest[name]:.3g}'):g}" for name in order]
    assert flamingo.static["patches"]["image"].shape == (SHOWN, PATCH, PATCH, 4)
    assert "conv10[130], the class flamingo" in flamingo.facts["source"]


def test_a_patch_of_conv1_is_the_three_pixels_that_the_unit_sees():
    trace = finished(layer="conv1", channel=3, updates=1, side="64").trace
    network, name = imagenet_network(FILES).copy(), words_of(trace)[0].split(":")[0]
    pixels = photo(name, 224, FILES)
    network.forward(squeezenet_input(pixels))
    row, column = np.unravel_index(int(network.activations[1][0, 3].argmax()), (112, 112))
    window = pixels[2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
    shown = trace.static["patches"]["image"][0, :, :, :3]
    np.testing.assert_array_equal(shown[10::22, 10::22], window)


def test_what_lies_beside_a_patch_is_left_out():
    pixels = np.arange(100, dtype=np.uint8).reshape(10, 10)
    found = patch((0, 2, 4, 10), pixels)
    assert found[PATCH // 2, 0, 0] == pixels[1 + 1, 2]
    assert not found[0, :, 3].any()
    assert found[PATCH // 2, :, 3].all()


def test_the_ascent_climbs_and_its_film_has_a_sentence_each(flamingo):
    assert len(flamingo) == PICTURES
    assert flamingo.static["ascent_film"]["pixels"].shape == (PICTURES, 64, 64, 3)
    values = [float(sentence.split("≈ ")[1].rstrip(".")) for sentence in flamingo.sentences]
    assert values[-1] > 10 * values[0]
    assert flamingo.sentences[-1].startswith("Step 12 of 12: the mean of the map after ReLU of conv10[130]")
    assert flamingo.facts["status"] == "The ascent is done. 12 of 12 steps, 18 pictures looked through."


def test_of_lenet5_digits_are_looked_through_and_a_digit_is_made():
    trace = finished(network="lenet5", digit_layer="output", channel=3, updates=20).trace
    network = Networks(FILES).get("lenet5")
    images, _ = digits_in("mnist/test-00.gz", FILES)
    logits = network.forward(network_input(images[:400], network))[:, 3]
    best = int(logits.argmax())
    assert words_of(trace)[0] == f"digit {60_000 + best:,}: {float(f'{logits[best]:.3g}'):g}"
    assert "the digit 3" in trace.sentences[-1]
    made = trace.static["ascent_film"]["pixels"]
    assert made.shape == (PICTURES, 28, 28, 3)
    assert np.ptp(made[-1], axis=2).max() == 0


def test_work_goes_on_in_short_pieces_and_stops_when_it_is_told_to():
    session = Session()
    assert not session.busy
    update = ask(session, "settings", {"network": "lenet5", "digit_layer": "C1", "updates": 300})
    assert session.busy
    assert len(update.trace) == 1
    assert update.trace.facts["climbing"]
    for _ in range(3):
        session.tick()
    stopped = ask(session, "cancel")
    assert "was stopped after" in stopped.notices[0]
    assert not stopped.trace.facts["climbing"]
    while session.busy:
        session.tick()  # the pictures are still looked through
    assert ask(session, "start").trace.facts["climbing"]
    assert session.busy


def test_the_same_seed_gives_the_same_picture_and_another_another():
    traces = [finished(layer="conv1", updates=3, side="64", seed=seed).trace for seed in (1, 1, 2)]
    films = [trace.static["ascent_film"]["pixels"] for trace in traces]
    np.testing.assert_array_equal(films[0], films[1])
    assert (films[0] != films[2]).any()


def test_a_channel_that_the_layer_has_not_is_brought_back_with_a_sentence():
    update = ask(Session(), "settings", {"layer": "conv1", "channel": 500})
    assert update.settings["channel"] == 63
    assert update.notices == ("conv1 has the channels 0 to 63: 500 became 63.",)


def test_a_picture_of_ones_own_is_looked_through_first_and_another_takes_its_place():
    session = Session()
    for name in ("panda", "arch"):
        picture = base64.b64encode(photo(name, 224, FILES).tobytes()).decode()
        values = {"picture": picture, "layer": "conv1", "channel": 0, "updates": 1}
        event = {"view": "filters", "name": "settings", "value": values}
        trace = session.handle_to_the_end(event).trace
        written = dict(words.split(": ") for words in words_of(trace))
        if "yours" in written and name in written:
            assert written["yours"] == written[name]
        assert "19 pictures" in trace.facts["status"]


def test_the_page_is_asked_for_one_file_after_the_other():
    files = FetchedFiles()
    session = Session(files)
    event = {"view": "filters", "name": "settings", "value": {"layer": "conv1", "channel": 0, "updates": 1, "side": "64"}}
    asked = []
    for _ in range(99):
        try:
            if not asked or asked[-1] == "imagenet/squeezenet.npz":
                session.handle(event)
            if not session.busy:
                break
            session.tick()
        except FileNeeded as needed:
            asked.append(needed.path)
            files.put(needed.path, FILES.read(needed.path))
    assert asked == ["imagenet/squeezenet.npz", *(f"photos/{name}_224.npy" for name in PHOTOS)]


def test_the_program_offered_prints_the_last_value(flamingo, capsys):
    exec(compile(flamingo.facts["call"], "call", "exec"), {})
    printed = float(capsys.readouterr().out)
    assert flamingo.facts["curve"].endswith(f"{float(f'{printed:.3g}'):g}")


@pytest.mark.parametrize(
    ("view", "settings", "opened"),
    [
        ("photo", {"unit": "fire2.squeeze[3,4,5]"}, {"network": "squeezenet", "layer": "fire2.squeeze", "channel": 3}),
        ("photo", {"unit": "fire2.concat[3,4,5]"}, None),
        ("network", {"unit": "C3[7,1,1]"}, {"network": "lenet5", "digit_layer": "C3", "channel": 7}),
        ("network", {"unit": "C3[7,1,1]", "edits": "C1.weight[0,0,0,0]=1"}, None),
        ("network", {"unit": "conv1[0,1,1]", "network": "convnetjs"}, None),
        ("network", {}, None),
    ],
)
def test_the_card_of_a_unit_leads_to_its_channel(view, settings, opened):
    facts = Session().handle({"view": view, "name": "settings", "value": settings}).trace.facts
    assert (json.loads(facts["card_filter"]) if opened else facts.get("card_filter")) == opened
    if opened:
        assert not finished(**opened, updates=1).notices
