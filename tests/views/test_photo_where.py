"""Where a class is seen: its map, gradient × input and covering, of two classes beside each other, and what is painted over."""

import base64
import gc
import tracemalloc

import numpy as np
import pytest

from convoscope.engine import softmax, squeezenet_input
from convoscope.views.contributions import Sweep
from convoscope.views.files import DiskFiles
from convoscope.views.imagenet import RUNNING, imagenet_network, photo_input, probabilities_of
from convoscope.views.images import photo
from convoscope.views.photo.state import PhotoState
from convoscope.views.photo.where import GREY, painted, square
from convoscope.views.session import Session
from convoscope.views.trace import column_array

FILES = DiskFiles()
TABBY, EGYPTIAN = 281, 285


@pytest.fixture
def session():
    return Session(FILES)


def handled(session, name, value):
    update = session.handle({"view": "photo", "name": name, "value": value})
    assert not update.error
    return update


def shown(session, **settings):
    return handled(session, "address", {"image": "cat", **settings}).trace


def limit_of(trace):
    return float(trace.static["seen_scale"]["limit"][0])


def number(text):
    return float(text.replace("−", "-"))


def logits_of(covered=None):
    network, x = imagenet_network(FILES), photo_input(photo("cat", 224, FILES), covered)
    with RUNNING:
        return network.forward(x)[0].copy()


def test_two_classes_have_their_maps_beside_each_other_on_one_scale(session):
    trace = shown(session, explain=TABBY, compare=EGYPTIAN)
    one, other = (trace.static[name]["image"][0] for name in ("class_map", "class_map_beside"))
    logits, limit = logits_of(), limit_of(trace)
    assert max(np.abs(one).max(), np.abs(other).max()) == 1
    for part, values, chosen in (("seen", one, TABBY), ("beside", other, EGYPTIAN)):
        assert (values * limit).mean() == pytest.approx(logits[chosen], abs=1e-4)
        mean, logit = trace.facts[part].split("cells = ")[1].split(", the logit is ")
        assert number(mean) == pytest.approx(number(logit), abs=1.5e-3)
        assert trace.facts[f"{part}_high"] == trace.facts["seen_high"]
    assert (trace.facts["seen_title"], trace.facts["beside_title"]) == ("tabby", "Egyptian cat")
    assert trace.facts["seen_class_beside"].startswith("Egyptian cat (class 285): 47.6 %")
    assert "beside_hidden" in shown(session, explain=TABBY).facts


@pytest.mark.parametrize("chosen", [TABBY, 967])
def test_the_mean_of_every_classes_map_is_said_as_its_logit_to_rounding(session, chosen):
    for image in ("coffee", "koala"):
        facts = handled(session, "address", {"image": image, "explain": chosen}).trace.facts
        mean, logit = facts["seen"].split("cells = ")[1].split(", the logit is ")
        assert number(mean) == pytest.approx(number(logit), abs=1.5e-3)


def test_gradient_times_input_and_the_biases_add_up_to_the_logit(session):
    trace = shown(session, explain=TABBY, why="gradient")
    image, limit = trace.static["class_map"]["image"][0], limit_of(trace)
    assert image.shape == (224, 224)
    network, logits = imagenet_network(FILES).copy(), logits_of()
    network.forward(squeezenet_input(photo("cat", 224, FILES)))
    network.backward(np.eye(1000, dtype=np.float32)[[TABBY]], needs_grad_x=True)
    shares = network.parameter_gradients()
    biases = sum(float((shares[name] * value).sum()) for name, value in network.parameters().items() if name.endswith("bias"))
    pixels = float((image * limit).sum(dtype=float))
    assert pixels + biases == pytest.approx(logits[TABBY], abs=2e-3)
    said = trace.facts["seen"].replace(",", "").split()
    assert number(said[3]) == pytest.approx(logits[TABBY], abs=1e-3)
    assert number(said[said.index("bring") + 2]) == pytest.approx(pixels, abs=2e-3)
    assert number(said[-1]) == pytest.approx(biases, abs=2e-3)
    row, column = np.unravel_index(np.abs(image).argmax(), image.shape)
    x = squeezenet_input(photo("cat", 224, FILES))[0, :, row, column]
    assert image[row, column] * limit == pytest.approx(float((network.gradients[0][0, :, row, column] * x).sum()), rel=1e-3)


def test_the_grey_square_covers_what_the_network_reads(session):
    trace = shown(session, why="occlusion", patch="80", cover_row=60, cover_column=200, explain=EGYPTIAN)
    covered = square(60, 200, 80)
    assert covered.sum() == 80 * 64  # cut at the edge
    expected = softmax(logits_of(covered)[np.newaxis])[0]
    assert trace.facts["photo_note"].startswith("Egyptian cat: 47.6 % of the whole photograph, ")
    assert f"{100 * expected[EGYPTIAN]:.1f} % of what is left" in trace.facts["photo_note"]
    pixels = trace.static["photo"]["image"][0]
    assert (pixels[covered][:, :3] == GREY).all()
    np.testing.assert_array_equal(pixels[~covered][:, :3], photo("cat", 224, FILES)[~covered])
    box = {name: float(column_array(column)[0]) for name, column in trace.static["cover_box"].items()}
    assert box == pytest.approx({"x": 192 / 224, "y": 1 - 60 / 224, "w": 64 / 224, "h": 80 / 224})
    assert not len(shown(session).static["cover_box"]["x"])
    assert "photo_note" not in shown(session).facts


def test_what_is_painted_over_is_grey_and_another_photograph_begins_without_paint(session):
    paint = np.zeros((28, 28), bool)
    paint[5:15, 8:20] = True
    bits = np.packbits(paint).tobytes().hex()
    trace = shown(session, erased=bits, explain=EGYPTIAN)
    covered = painted(bits)
    assert covered.sum() == 64 * paint.sum()
    assert covered[40:120, 64:160].all()
    expected = softmax(logits_of(covered)[np.newaxis])[0, EGYPTIAN]
    np.testing.assert_allclose(probabilities_of(photo("cat", 224, FILES), FILES, covered)[EGYPTIAN], expected, rtol=1e-5)
    assert f"{100 * expected:.1f} % of what is left" in trace.facts["photo_note"]
    assert handled(session, "image", "dragon").settings["erased"] == ""


def test_the_class_that_is_explained_stays_while_the_answer_changes(session):
    whole = np.full((28, 28), True)
    trace = shown(session, erased=np.packbits(whole).tobytes().hex())
    assert trace.facts["seen_title"] == "Egyptian cat"
    assert not trace.facts["scores"].startswith("It is sure")


def finished(session, most=200):
    """Tick until nothing goes on. -> the updates that were told"""
    told = []
    for _ in range(most):
        if not session.busy:
            return told
        if update := session.tick():
            told.append(update)
    raise AssertionError("the sweep has no end")


@pytest.fixture
def steady(monkeypatch):
    """A clock that stands still: no news but the last."""
    monkeypatch.setattr(PhotoState, "clock", staticmethod(lambda: 0.0))


@pytest.mark.usefixtures("steady")
def test_a_sweep_covers_place_by_place_and_shows_what_the_logits_lose(session):
    shown(session, explain=TABBY, compare=EGYPTIAN, patch="80", why="occlusion")
    begun = handled(session, "sweep", True)
    assert session.busy
    assert (begun.trace.facts["sweep_done"], begun.trace.facts["sweeping"]) == ("0", "yes")
    (last,) = finished(session)
    facts = last.trace.facts
    assert facts["sweep_done"] == facts["sweep_all"] == "25"
    assert "sweeping" not in facts
    starts, whole = (0, 40, 80, 120, 144), logits_of()
    lost, times = np.zeros((2, 224, 224)), np.zeros((224, 224))
    for row in starts:
        for column in starts:
            covered = np.zeros((224, 224), bool)
            covered[row : row + 80, column : column + 80] = True
            drop = whole - logits_of(covered)
            times[covered] += 1
            lost[:, covered] += drop[[TABBY, EGYPTIAN]][:, np.newaxis]
    limit = limit_of(last.trace)
    for name, expected in zip(("class_map", "class_map_beside"), lost / times, strict=True):
        np.testing.assert_allclose(last.trace.static[name]["image"][0] * limit, expected, atol=1e-3)
    assert "25 of 25 places" in facts["seen"]
    handled(session, "sweep", True)
    assert not session.busy  # it is done already


@pytest.mark.usefixtures("steady")
def test_a_sweep_can_be_stopped_and_goes_on_and_ends_with_what_it_is_for(session):
    shown(session, patch="56", why="occlusion")
    handled(session, "sweep", True)
    for _ in range(5):
        session.tick()
    stopped = handled(session, "sweep", False).trace
    assert not session.busy
    assert stopped.facts["sweep_done"] == "5"
    image = stopped.static["class_map"]["image"][0]
    assert np.isnan(image[200, 200])
    assert np.isfinite(image[10, 10])
    assert stopped.facts["seen_note"].startswith("Least logit, ")
    assert handled(session, "sweep", True).trace.facts["sweep_done"] == "5"
    session.tick()
    trace = handled(session, "patch", "80").trace
    assert "sweep_done" not in trace.facts
    assert trace.facts["seen"] == "no sweep yet"
    session.tick()
    assert not session.busy
    trace = handled(session, "patch", "56").trace
    assert trace.facts["sweep_done"] == "6"


def test_news_of_a_sweep_come_now_and_then(session, monkeypatch):
    now = iter(np.arange(0, 100, 0.15))
    monkeypatch.setattr(PhotoState, "clock", staticmethod(lambda: float(next(now))))
    shown(session, patch="80", why="occlusion")
    handled(session, "sweep", True)
    assert 3 <= len(finished(session)) <= 12


def test_a_fault_ends_the_sweep(session, monkeypatch):
    shown(session, patch="80", why="occlusion")
    handled(session, "sweep", True)
    halted = session.halt("It met a fault.")
    assert halted.error == "It met a fault."
    assert not session.busy


def test_a_sweep_holds_the_network_for_one_place_only(session):
    handled(session, "settings", {"why": "occlusion", "patch": "80"})
    handled(session, "sweep", True)
    before = logits_of()
    session.tick()
    np.testing.assert_array_equal(logits_of(), before)
    assert isinstance(session._states["photo"].sweep(session._settings["photo"]), Sweep)


def test_memory_stays_flat_while_pictures_come_from_a_webcam(session):
    rng = np.random.default_rng(0)

    def read(count):
        for _ in range(count):
            picture = base64.b64encode(rng.integers(0, 256, 224 * 224 * 3, np.uint8).tobytes()).decode()
            handled(session, "settings", {"image": "own", "picture": picture, "why": "occlusion"})
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = read(12)  # as many as the caches keep
        assert read(10) - before < 500_000  # bytes; one picture has 28 million in its layers
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("settings", [
    {}, {"why": "occlusion", "patch": "32", "cover_row": 3}, {"erased": "f" * 196, "why": "occlusion"},
])  # fmt: skip
def test_the_program_prints_what_is_shown(session, settings, capsys):
    trace = shown(session, **settings)
    exec(trace.facts["call"], {})
    name, share = capsys.readouterr().out.splitlines()[0].split(": ")
    assert f"{name} ({number(share[:-1]):g} %)" in trace.facts["scores"].replace(".0 %", " %")
