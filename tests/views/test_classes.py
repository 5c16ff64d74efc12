"""The classes view: it learns what it is shown, keeps what it was given, and believes no stranger's file."""

import base64
import io
import zipfile

import numpy as np
import pytest

from convoscope.engine import WeightsError
from convoscope.engine.softmax_regression import leave_one_out_loops, unit_length
from convoscope.engine.weights import write_arrays
from convoscope.views.answer import answer
from convoscope.views.classes import class_examples
from convoscope.views.classes.class_examples import MOST_EXAMPLES, THUMBNAIL, Example, load, save
from convoscope.views.classes.settings import ClassesSettings, class_names
from convoscope.views.classes.training import train
from convoscope.views.files import DiskFiles
from convoscope.views.imagenet import FEATURES
from convoscope.views.images import photo
from convoscope.views.session import Session

FILES = DiskFiles()
PIXELS = (THUMBNAIL, THUMBNAIL, 3)


def ask(session, name, value=None):
    return answer(session, {"view": "classes", "name": name, "value": value})


def picture_of(name):
    return base64.b64encode(photo(name, 224, FILES).tobytes()).decode()


def counts_of(trace, classes):
    return np.bincount(trace.static["examples"]["number"], minlength=classes).tolist()


@pytest.fixture(scope="module")
def first():
    return ask(Session(), "reset").trace


def test_it_begins_with_animals_and_things_that_it_has_learned(first):
    assert counts_of(first, 2) == [5, 5]
    assert len(first) == 21
    assert first.facts["start"] == "20"
    assert first.sentences[0].startswith("Step 0 of 100: the loss is 0.693")
    assert "10 of 10 examples" in first.sentences[-1]
    assert first.facts["scores"].startswith("after step 100: animal 7")  # the goldfish
    assert "9 of 10 = 90 %, 95 % interval 59.6 % to 98.2 %" in first.facts["accuracy"]
    assert first.static["confusion"]["count"].reshape(2, 2).sum() == 10
    assert not first.static["backup"]["bytes"].size


def test_the_bars_add_up_and_are_what_the_sentence_says(first):
    widths = first.steps["score_bars"]["w"]
    np.testing.assert_allclose(widths.sum(axis=1), 1, rtol=1e-6)
    shown = first.at(20)["score_percents"]["text"]
    assert all(f"{name} {text}" in first.sentences[20] for name, text in zip(("animal", "thing"), shown, strict=True))


def test_the_confusion_is_that_of_leaving_each_out_in_a_loop(first):
    session = Session()
    ask(session, "reset")
    state, settings = session._states["classes"], session._settings["classes"]
    own = state.examples(settings)
    labels = np.array([one.number for one in own])
    read = leave_one_out_loops(unit_length(np.array([one.features for one in own])), labels, 2, settings.descent)
    counts = np.zeros((2, 2), int)
    np.add.at(counts, (labels, read.argmax(axis=1)), 1)
    assert counts.tolist() == first.static["confusion"]["count"].reshape(2, 2).tolist()
    assert first.static["examples"]["read"].tolist() == read.argmax(axis=1).tolist()


def test_names_of_ones_own_begin_empty_and_examples_come_by_picture_file_and_drawing():
    session = Session()
    trace = ask(session, "classes", "cat , coffee").trace
    assert counts_of(trace, 2) == [0, 0]
    assert len(trace) == 1
    assert "“cat” and to “coffee”" in trace.sentences[0]
    ask(session, "image", "cat")
    assert ask(session, "add", 0).notices == ("Example 1 of “cat” was added.",)
    trace = ask(session, "put", {"class": 1, "picture": picture_of("coffee")}).trace
    assert "cat 9" in trace.sentences[-1]
    assert counts_of(trace, 2) == [1, 1]
    assert trace.static["thumbnails"]["pixels"].size == 2 * THUMBNAIL * THUMBNAIL * 3
    ask(session, "settings", {"image": "drawing", "drawing": "0" * 98 + "f" * 98, "classes": "cat, coffee, drawing"})
    trace = ask(session, "add", 2).trace
    assert trace.facts["paints"] == "drawing"
    assert trace.sentences[-1].split("The picture: ")[1].startswith("drawing 9")
    dark = trace.static["thumbnails"]["pixels"].reshape(3, THUMBNAIL, THUMBNAIL, 3)[2]
    assert dark[:16].min() == 255
    assert dark[16:].max() == 0


def test_examples_of_a_class_that_was_taken_away_come_back_with_it():
    session = Session()
    ask(session, "classes", "a, b, c")
    for number in (0, 1, 2, 2):
        ask(session, "add", number)
    assert counts_of(ask(session, "classes", "a, b").trace, 2) == [1, 1]
    assert counts_of(ask(session, "classes", "x, y, z").trace, 3) == [1, 1, 2]
    update = ask(session, "remove", 3)
    assert counts_of(update.trace, 3) == [1, 1, 1]
    assert update.notices == ("An example of “z” was removed.",)
    assert counts_of(ask(session, "clear").trace, 3) == [0, 0, 0]


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("add", 2, "from 1 to 2"), ("add", True, "from 1 to 2"), ("add", "0", "from 1 to 2"), ("remove", 10, "from 0 to 9"),
        ("put", 3, "must come with"), ("put", {"class": 0, "picture": "AAAA"}, "224×224 pixels"), ("load", "?", "base64"),
        ("load", 7, "base64"), ("load", "A" * 12_000_000, "8,000,000 are the most"),
    ],
)  # fmt: skip
def test_what_is_no_example_is_refused_with_a_sentence_and_changes_nothing(name, value, words):
    session = Session()
    update = ask(session, name, value)
    assert words in update.error
    assert counts_of(ask(session, "open").trace, 2) == [5, 5]


def test_no_more_than_sixty_examples():
    session = Session()
    ask(session, "load", base64.b64encode(save(some_examples(MOST_EXAMPLES), ("a", "b"))).decode())
    assert "60 examples are the most" in ask(session, "add", 0).error


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("mug, hand", ("mug", "hand")), (" mug ;  my  hand", ("mug", "my hand")), ("mug", ("mug", "other")),
        ("", ("animal", "thing")), ("other", ("other", "thing")), ("a,a,b", ("a", "b")), ("\x07,a,b", ("a", "b")),
        ("a,b,c,d,e,f,g", tuple("abcde")), ("x" * 99, ("x" * 24, "other")),
    ],
)  # fmt: skip
def test_two_to_five_different_names(text, names):
    assert class_names(text) == names
    assert class_names(", ".join(names)) == names


def some_examples(count, seed=0):
    rng = np.random.default_rng(seed)
    features = rng.uniform(0, 5, (count, FEATURES)).astype(np.float32)
    thumbnails = rng.integers(0, 256, (count, *PIXELS), np.uint8)
    return [Example(n % 2, *one) for n, one in enumerate(zip(features, thumbnails, strict=True))]


def test_a_file_brings_back_names_examples_and_the_same_answer():
    session, other = Session(), Session()
    ask(session, "classes", "cup, fish")
    for image, number in (("coffee", 0), ("goldfish", 1), ("macaw", 1)):
        ask(session, "put", {"class": number, "picture": picture_of(image)})
    before = ask(session, "image", "panda").trace
    saved = ask(session, "save").download
    assert saved.name == "my-classes.npz"
    ask(other, "image", "panda")
    update = ask(other, "load", base64.b64encode(saved.data).decode())
    assert update.notices == ("3 examples of cup, fish were loaded.",)
    assert update.settings["classes"] == "cup, fish"
    assert list(update.trace.sentences) == list(before.sentences)
    np.testing.assert_array_equal(update.trace.static["thumbnails"]["pixels"], before.static["thumbnails"]["pixels"])
    np.testing.assert_array_equal(before.static["backup"]["bytes"], np.frombuffer(saved.data, np.uint8))


def test_a_file_of_a_class_without_examples_is_read():
    names, own = load(save(some_examples(1), ("a", "b")))
    assert names == ("a", "b")
    assert [one.number for one in own] == [0]


GOOD = {
    f"{number}.{name}.{what}": np.ones(shape, np.float32)
    for number, name in enumerate(("mug", "hand"), 1)
    for what, shape in (("features", (2, FEATURES)), ("pictures", (2, *PIXELS)))
}


def test_the_good_file_is_good():
    assert load(write_arrays(GOOD))[0] == ("mug", "hand")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"1.mug.features": np.ones((3, FEATURES), np.float32)}, "are wanted"),
        ({"1.mug.features": np.ones((2, 3), np.float32)}, "are wanted"),
        ({"1.mug.features": np.float32(1)}, "are wanted"),
        ({"1.mug.pictures": np.full((2, *PIXELS), 256.0)}, "that no picture has"),
        ({"1.mug.pictures": np.full((2, *PIXELS), -1.0)}, "that no picture has"),
        ({"1.mug.features": np.full((2, FEATURES), 1e20)}, "that no picture has"),
        ({"1.mug.features": np.full((2, FEATURES), np.nan)}, "must be finite"),
        ({"1.mug.features": np.ones((2, FEATURES), np.int64)}, "int64"),
        ({"3.hand.features": np.ones((0, FEATURES)), "3.hand.pictures": np.ones((0, *PIXELS))}, "of their own"),
        ({"4.cup.features": np.ones((0, FEATURES)), "4.cup.pictures": np.ones((0, *PIXELS))}, "of their own"),
        ({"conv1.weight": np.ones(3)}, "of their own"),
        ({"1.mug.features": np.ones((70, FEATURES)), "1.mug.pictures": np.ones((70, *PIXELS))}, "60 are the most"),
    ],
)  # fmt: skip
def test_a_strange_file_is_refused_with_a_sentence(change, words):
    with pytest.raises(WeightsError, match=words):
        load(write_arrays(GOOD | change))


def test_hostile_bytes_are_refused_with_a_sentence_about_this_file():
    pickled = io.BytesIO()
    np.savez(pickled, **{"1.mug.features": np.array([{}], dtype=object)}, allow_pickle=True)
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.mug.features.npy", bytes(9_000_000))
    for data in (b"", b"PK\3\4", b"{}", pickled.getvalue(), bomb.getvalue(), write_arrays(GOOD)[:-40]):
        with pytest.raises(WeightsError, match=class_examples.TRY) as refused:
            load(data)
        assert "network" not in str(refused.value)


def test_a_class_without_examples_is_not_trained():
    training = train(np.ones((2, FEATURES), np.float32), np.zeros(2, np.int64), 3, ClassesSettings().descent)
    assert not training.is_trained
    assert training.left_out is None
    np.testing.assert_allclose(training.probabilities(np.ones(FEATURES, np.float32)), 1 / 3)


def test_the_program_offered_prints_the_probabilities_shown(first, capsys):
    exec(compile(first.facts["call"], "call", "exec"), {})
    printed = np.array(capsys.readouterr().out.strip(" []\n").split(), float)
    np.testing.assert_allclose(printed, first.steps["score_bars"]["w"][-1], atol=1e-6)
