"""The photo view's lesson: the film, the maps, the class maps, the card of a unit, and what is dropped or refused."""

import base64
import io

import numpy as np
import pytest

from convoscope.engine import squeezenet_input
from convoscope.views.files import DiskFiles, FetchedFiles, FileNeeded
from convoscope.views.imagenet import WEIGHTS, imagenet_network
from convoscope.views.images import photo
from convoscope.views.photo.film import stages_of
from convoscope.views.session import Session
from convoscope.views.trace import column_array
from convoscope.views.units import kinds
from convoscope.views.units.activations import Activations, Unit
from convoscope.views.units.windows import clip

FILES = DiskFiles()


@pytest.fixture(scope="module")
def session():
    return Session()


@pytest.fixture(scope="module")
def panda():
    network = imagenet_network(FILES)
    network.forward(squeezenet_input(photo("panda", 224, FILES)))
    return Activations.of(network)


def shown(session, **settings):
    update = session.handle({"view": "photo", "name": "address", "value": {"image": "panda", **settings}})
    assert not update.error
    return update


def test_every_stage_has_a_sentence_with_its_strongest_unit(session, panda):
    trace = shown(session).trace
    stages = stages_of(panda.network)
    assert len(trace) == len(stages) == 4 + 2 + 8 * 4 + 3
    for step, stage in enumerate(stages):
        assert trace.sentences[step].startswith(stage.name)
    assert trace.sentences[1].endswith(f"≈ {panda.values[1].max():.4g}.")
    assert "giant panda" in trace.sentences[-1]


def test_a_stage_reads_the_stages_before_it_that_its_layer_reads(panda):
    stages = stages_of(panda.network)
    reads = {stage.name: [stages[read].name for read in stage.reads] for stage in stages}
    assert reads["conv1"] == ["input"]
    assert reads["fire2.expand3x3"] == ["fire2.squeeze"]
    assert reads["fire2.concat"] == ["fire2.expand1x1", "fire2.expand3x3"]
    assert reads["fire3.squeeze"] == ["fire2.concat"]
    assert reads["fire4.squeeze"] == ["pool3"]
    assert reads["softmax"] == ["logits"]


@pytest.mark.parametrize("drawing", ["wide", "narrow"])
def test_no_two_stages_stand_at_the_same_place_and_windows_lie_on_what_is_read(session, panda, drawing):
    trace = shown(session).trace
    film = {name: column_array(trace.static["film"][f"{drawing}_{name}"]) for name in ("x", "y", "dw", "dh")}
    assert len(set(zip(film["x"].tolist(), film["y"].tolist(), strict=True))) == len(trace)
    stages = stages_of(panda.network)
    windows = {name: trace.steps["film_window"][f"{drawing}_{name}"] for name in film}
    for step, stage in enumerate(stages):
        for at, read in zip((0, 1), [stage.reads[0], stage.reads[-1]] if stage.reads else [], strict=False):
            assert film["x"][read] - 1e-6 <= windows["x"][step, at]
            right = windows["x"][step, at] + windows["dw"][step, at]
            assert right <= film["x"][read] + film["dw"][read] + 1e-6


def test_the_field_of_the_film_is_the_receptive_field_of_the_strongest_unit(session):
    field = shown(session).trace.steps["film_field"]
    assert field["w"][0, 0] == pytest.approx(1 / 224, rel=1e-4)
    assert 0 < field["w"][1, 0] <= 3 / 224 + 1e-6  # conv1: 3 pixels, fewer at the edge
    assert 3 / 224 < field["w"][3, 0] <= 7 / 224 + 1e-6  # pool1: 3 + 2·2
    assert field["w"][-1, 0] == 1


def test_a_receptive_field_moves_evenly_from_cell_to_cell(panda):
    """What is kept of a layer's first cell gives that of every cell, as walking through all windows does."""
    network = panda.network
    for layer in ("conv1", "pool1", "fire2.expand3x3", "fire4.concat", "fire9.expand1x1", "conv10"):
        number = panda.names.index(layer)
        for row, column in ((0, 0), (1, 5), (7, 2), (12, 12)):
            walked = kinds._spread(network, number, (row, column, row + 1, column + 1), 0)
            assert kinds.edges_on(network, Unit(number, (0, row, column)), 0) == clip(walked, 225, 225)


@pytest.mark.parametrize("order", ["strength", "number"])
def test_a_page_of_maps_holds_the_layers_numbers(session, panda, order):
    trace = shown(session, layers="fire9.concat,logits", order=order, page=2).trace
    table = {name: column_array(column) for name, column in trace.static["map_table"].items()}
    values, layer = trace.static["map_values"]["value"], panda.values[panda.names.index("fire9.concat")]
    strengths = layer.max(axis=(1, 2))
    numbers = table["map"][:64].tolist()
    assert numbers == (np.argsort(-strengths, kind="stable")[128:192].tolist() if order == "strength" else [*range(128, 192)])
    for n in (0, 63):
        start = table["start"][n]
        np.testing.assert_array_equal(values[start : start + 169], layer[numbers[n]].ravel())
    assert table["units"][64] == 1000
    np.testing.assert_array_equal(values[table["start"][64] :], panda.values[-2])
    assert trace.facts["last_page"] == "7"


def test_the_maps_share_a_scale_about_zero(session, panda):
    trace = shown(session, layers="fire2.squeeze").trace
    layer = panda.values[panda.names.index("fire2.squeeze")]
    image = trace.static["maps"]["image"].reshape(16, 55, 55)
    order = column_array(trace.static["map_table"]["map"])
    np.testing.assert_allclose(image, layer[order] / np.abs(layer).max(), atol=0.5 / 127 + 1e-6)
    assert f"±{np.abs(layer).max():.4g}"[:3] in trace.static["map_heads"]["text"].tolist()[0]


def test_a_classs_map_is_conv10s_and_its_mean_the_logit(session, panda):
    trace = shown(session, explain=251).trace
    maps = panda.values[-3][251]
    np.testing.assert_allclose(trace.static["class_map"]["image"][0], maps / np.abs(maps).max(), atol=1e-6)
    mean, logit = trace.facts["seen"].split("cells = ")[1].split(", the logit is ")
    assert mean == logit == f"{panda.values[-2][251]:.3f}".rstrip("0")
    assert trace.facts["seen_class"].startswith("dalmatian")


def test_all_classes_can_be_searched_by_their_names(session, panda):
    classes = shown(session).trace.static["classes"]
    assert len(classes["name"]) == 1000
    assert classes["rank"][388] == 1
    assert "coon bear" in classes["synonyms"].tolist()[388]
    assert classes["percent"].tolist()[388] == "100 %"


def test_a_unit_has_a_card_that_changes_nothing(session, panda):
    trace = shown(session, unit="fire5.expand3x3[3,10,10]").trace
    value = panda.values[panda.names.index("fire5.expand3x3")][3, 10, 10]
    assert float(trace.facts["card_value"].replace("−", "-")) == pytest.approx(value, abs=1e-3)
    assert trace.facts["card_sees"].endswith("Receptive field on the input: rows 56–118, columns 56–118.")
    assert "16 other maps" in trace.static["card_terms"]["label"].tolist()
    assert not any(trace.static["card_cells"]["place"].tolist())
    assert "card_unit_switch" not in trace.facts
    assert trace.static["field"]["w"].tolist() == [pytest.approx(63 / 224)]


def test_cards_name_classes_and_list_the_maps_that_are_summed_up(session):
    trace = shown(session, unit="softmax[388]").trace
    assert trace.facts["card_kind"].startswith("giant panda: exp(")
    labels = trace.static["card_terms"]["label"].tolist()
    assert "giant panda" in labels
    assert not any(label.isdigit() for label in labels)
    trace = shown(session, unit="logits[388]").trace
    assert trace.static["card_feeds"]["label"].tolist()[0] == "softmax[388] giant panda"
    assert shown(session, unit="conv10[388,0,0]").trace.static["card_feeds"]["label"].tolist() == ["logits[388] giant panda"]
    trace = shown(session, unit="fire5.expand3x3[3,10,10]").trace
    labels, words = (trace.static["card_terms"][name].tolist() for name in ("label", "words"))
    others = words[labels.index("16 other maps")].split(", ")
    listed = [label.partition("[")[2].rstrip("]") for label in labels if label.startswith("fire5.relu[")]
    assert sorted(map(int, others + listed)) == list(range(32))


def test_the_arrays_have_the_numbers_of_every_layer_by_name(session, panda):
    shown(session, why="occlusion", patch="56", unit="")
    update = session.handle({"view": "photo", "name": "export", "value": {"kind": "npz", "step": 0}})
    with np.load(io.BytesIO(update.download.data)) as archive:
        names = {name for name in archive.files if name.startswith("activations.")}
        assert names == {f"activations.{name}" for name in panda.names}
        np.testing.assert_array_equal(archive["photograph"], photo("panda", 224, FILES))
        assert archive["covered"].sum() == 56 * 56
        assert archive["activations.conv10"].shape == (1000, 13, 13)
        assert archive["activations.softmax"].sum() == pytest.approx(1)


def test_layers_open_and_close_and_no_more_than_four_are_open(session):
    shown(session, layers="conv1")
    for name in ("fire2.squeeze", "conv10", "logits"):
        update = session.handle({"view": "photo", "name": "fold", "value": name})
    assert update.settings["layers"] == "conv1,fire2.squeeze,conv10,logits"
    update = session.handle({"view": "photo", "name": "fold", "value": "softmax"})
    assert update.settings["layers"] == "fire2.squeeze,conv10,logits,softmax"
    assert update.notices == ("conv1 was closed: 4 layers are open at most.",)
    update = session.handle({"view": "photo", "name": "fold", "value": "conv10"})
    assert update.settings["layers"] == "fire2.squeeze,logits,softmax"
    assert session.handle({"view": "photo", "name": "fold", "value": "conv99"}).error


def test_no_layer_may_be_open(session):
    trace = shown(session, layers="").trace
    assert len(trace.static["map_values"]["value"]) == 0


@pytest.mark.parametrize(
    ("settings", "notice"),
    [
        ({"layers": "conv11"}, "There is no layer 'conv11' with maps in this network"),
        ({"layers": "conv1,relu1,pool1,conv10,logits"}, "5 layers are to be open, but 4 are the most"),
        ({"unit": "conv1[64,0,0]"}, "There is no unit conv1[64,0,0] in this network"),
        ({"unit": "<img>"}, "names no unit"),
        ({"explain": "1000"}, "must be a whole number from −1 to 999"),
    ],
)
def test_what_the_network_has_not_is_dropped_with_a_notice(session, settings, notice):
    update = shown(session, **settings)
    assert any(notice in said.replace("-1", "−1") for said in update.notices)
    assert update.trace is not None


def test_the_weights_are_asked_for_when_the_view_is_first_used_and_damaged_ones_are_refused():
    files = FetchedFiles()
    session = Session(files)
    assert not session.handle({"view": "convolution", "name": "reset"}).error
    with pytest.raises(FileNeeded, match=WEIGHTS):
        session.handle({"view": "photo", "name": "open", "value": None})
    files.put(WEIGHTS, FILES.read(WEIGHTS)[:-100])
    update = session.handle({"view": "photo", "name": "open", "value": None})
    assert f"{WEIGHTS} is damaged" in update.error
    with pytest.raises(FileNeeded, match=WEIGHTS):  # it is fetched anew
        session.handle({"view": "photo", "name": "open", "value": None})


def test_a_picture_of_ones_own_is_read_as_a_photograph_is(session, panda):
    pixels = base64.b64encode(photo("panda", 224, FILES).tobytes()).decode()
    update = session.handle({"view": "photo", "name": "settings", "value": {"image": "own", "picture": pixels}})
    assert update.trace.facts["scores"].startswith("It is sure: giant panda")
    assert update.trace.facts["source"].endswith(" Your own picture.")
    same = shown(session).trace.static["map_values"]["value"]
    np.testing.assert_array_equal(update.trace.static["map_values"]["value"], same)
    update = session.handle({"view": "photo", "name": "picture", "value": pixels[:400]})
    assert "224×224 pixels" in update.error
