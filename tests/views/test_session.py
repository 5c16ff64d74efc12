"""Whatever event comes in, the session answers with a sentence or a trace, and keeps settings that can be shown."""

import base64
import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convoscope.engine import DataError
from convoscope.views import session as session_module
from convoscope.views.answer import Answerer
from convoscope.views.convolution import lesson as lecture
from convoscope.views.convolution.kernels import KERNELS
from convoscope.views.files import DiskFiles, FetchedFiles, FileNeeded
from convoscope.views.packet import unpack
from convoscope.views.session import Session
from convoscope.views.settings import Settings, table
from convoscope.views.state import Download, State

DEFAULT_WEIGHTS = tuple(tuple(float(weight) for weight in row) for row in KERNELS["basic"])


def event(name, value=None):
    return {"view": "convolution", "name": name, "value": value}


def rows(text="0,0,0;0,0,0;0,0,0", **cells):
    """A matrix with some cells (r0c1="x") replaced."""
    matrix = [row.split(",") for row in text.split(";")]
    for place, value in cells.items():
        matrix[int(place[1])][int(place[3])] = value
    return matrix


def test_a_preset_fills_in_the_weights_and_typed_weights_name_themselves():
    session = Session()
    assert session.handle(event("kernel", "sobel_x")).settings["weights"] == KERNELS["sobel_x"]
    assert session.handle(event("weights", rows(r1c1="2"))).settings["kernel"] == "custom"
    assert session.handle(event("weights", rows(r1c1="1"))).settings["kernel"] == "identity"


def test_choosing_custom_keeps_the_weights():
    session = Session()
    session.handle(event("kernel", "blur"))
    update = session.handle(event("kernel", "custom"))
    assert update.settings["weights"] == KERNELS["blur"]


@pytest.mark.parametrize("typed", ["1/9", "0.5", "-1", "−1", " 2 ", "1e-3", ".5", 3])
def test_a_weight_may_be_typed_in_many_ways(typed):
    update = Session().handle(event("weights", rows(r0c0=typed)))
    expected = {"1/9": 1 / 9, "−1": -1.0}.get(typed)
    assert update.error == ""
    assert update.settings["weights"][0][0] == (float(typed) if expected is None else expected)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("weights", rows(r0c1=""), "The kernel weights, row 1, column 2 is empty; type a number such as 0.5, -1 or 1/9."),
        ("weights", rows(r2c0="abc"), "row 3, column 1 holds “abc”; type a number"),
        ("weights", rows(r2c0="1/0"), "holds “1/0”"),
        ("weights", rows(r2c0="nan"), "holds “nan”"),
        ("weights", rows(r2c0="inf"), "holds “inf”"),
        ("weights", rows(r2c0="9" * 30), "holds “99999"),
        ("weights", rows(r2c0=True), "holds “True”"),
        ("weights", "1,2;3", "must be 1 to 7 rows of 1 to 7 numbers, such as 0,0,0;0,0,0;0,0,0"),
        ("weights", ";".join(["1"] * 8), "must be 1 to 7 rows of 1 to 7 numbers"),
        ("weights", None, "must be 1 to 7 rows of 1 to 7 numbers"),
        ("weights", [1, 2, 3], "must be 1 to 7 rows of 1 to 7 numbers"),
        ("weights", [[]], "must be 1 to 7 rows of 1 to 7 numbers"),
        ("bias", "much", "The bias holds “much”; type a number"),
        ("relu", "maybe", "The setting “relu” is on or off, not “maybe”; choose true or false."),
        ("picture", "AAAA", "must come as 128×128 pixels in base64; choose the file again"),
        ("picture", "<img>", "must come as 128×128 pixels"),
        ("picture", None, "must come as 128×128 pixels"),
        ("drawing", "xyz", "must be empty or 196 hexadecimal digits"),
        ("padding_rule", "all", "“all” is not a choice of “Padding rule”; choose one of number, valid, same, full"),
        ("kernel", "<img src=x>", "“<img src=x>” is not a choice of “Kernel”; choose one of basic,"),
        ("kernel", ["basic"], "is not a choice of “Kernel”"),
        ("image", "x" * 900, "came as 900 characters"),
        ("stride", "abc", "The stride must be a whole number from 1 to 4, not “abc”."),
        ("stride", "", "must be a whole number"),
        ("stride", 1.5, "must be a whole number"),
        ("stride", True, "must be a whole number"),
        ("stride", None, "must be a whole number"),
        ("stride", float("nan"), "must be a whole number"),
        ("stride", "inf", "must be a whole number"),
        ("strides", 1, "There is no setting called 'strides'; the settings are image, cells,"),
        ("settings", "stride=2", "must come as a table"),
        (None, None, "There is no setting called None"),
    ],
)
def test_what_is_no_value_is_refused_with_a_sentence_and_nothing_changes(name, value, words):
    session = Session()
    session.handle(event("stride", 2))
    update = session.handle(event(name, value))
    assert words in update.error
    assert update.error.endswith(".")
    assert update.trace is None
    assert update.settings["stride"] == 2
    assert update.settings["weights"] == KERNELS["basic"]


@pytest.mark.parametrize(
    ("name", "value", "became"),
    [("stride", 9, 4), ("stride", "-3", 1), ("padding", 7, 6), ("digit", 1e9, 69_999), ("digit", -1, 0)],
)
def test_what_is_out_of_range_is_brought_back_with_a_notice(name, value, became):
    weights = [[1] * 7] * 7
    update = Session().handle(event("settings", {"image": "digit", "weights": weights, name: value}))
    assert update.settings[name] == became
    assert len(update.notices) == 1
    assert f"became {became:,}." in update.notices[0]
    assert update.trace is not None


def test_a_huge_weight_is_brought_back_with_a_notice():
    update = Session().handle(event("weights", rows(r0c0="1e9")))
    assert update.settings["weights"][0][0] == 1000
    assert update.notices == ("The kernel weights takes numbers from −1000 to 1000: 1e+09 was brought back to that range.",)


def test_a_table_of_settings_takes_what_is_good_and_names_what_is_not():
    update = Session().handle(event("settings", {"kernel": "blur", "stride": "x", "colour": "red", "padding": "1"}))
    assert (update.settings["kernel"], update.settings["stride"], update.settings["padding"]) == ("blur", 1, 1)
    assert update.notices == ("The stride must be a whole number from 1 to 4, not “x”. “Stride” stays as it was.",)


def test_reset_goes_back_to_the_defaults():
    session = Session()
    session.handle(event("settings", {"kernel": "blur", "stride": 3}))
    update = session.handle(event("reset"))
    assert (update.settings["kernel"], update.settings["stride"]) == ("basic", 1)


def test_an_unknown_view_is_named():
    update = Session().handle({"view": "nosuch", "name": "reset"})
    assert update.error.startswith("There is no view called 'nosuch'; the views are convolution")


class DamagedFiles(DiskFiles):
    def __init__(self, harm):
        super().__init__()
        self.harm, self.forgotten = harm, []

    def read(self, path):
        return self.harm(super().read(path))

    def forget(self, path):
        self.forgotten.append(path)


@pytest.mark.parametrize("image", ["digit", "cat"])
@pytest.mark.parametrize("harm", [lambda b: b[:1000], lambda b: b"", lambda b: b"<html>" + b, lambda b: b[:-4] + b"abcd" * 2])
def test_a_damaged_file_is_named_and_forgotten_and_the_view_stays(image, harm):
    files = DamagedFiles(harm)
    update = Session(files).handle(event("image", image))
    assert "is damaged" in update.error
    assert update.settings["image"] == "lecture"
    assert len(files.forgotten) == 1


def test_a_missing_file_is_named(tmp_path):
    update = Session(DiskFiles(tmp_path)).handle(event("image", "digit"))
    assert "mnist/train-00.gz" in update.error
    assert update.settings["image"] == "lecture"


def test_a_page_with_the_image_gets_only_what_its_new_kernel_changes():
    session = Session()
    first = session.handle(event("image", "camera") | {"number": 1, "shown": 0}).to_bytes()
    _, shown = unpack(first)
    second = session.handle(event("kernel", "blur") | {"number": 2, "shown": 1}).to_bytes()
    header, trace = unpack(second, shown)
    assert len(second) < len(first) / 2
    assert trace.static["input"] is shown.static["input"]
    assert header["settings"]["kernel"] == "blur"
    expected = session.handle(event("kernel", "blur")).trace
    assert trace.static["output_values"]["value"].tolist() == expected.static["output_values"]["value"].tolist()
    assert [*trace.sentences] == [*expected.sentences]
    for number in ("2", None, 2.5):  # what no page of ours sends is no number
        assert len(session.handle(event("kernel", "blur") | {"number": number, "shown": 2}).to_bytes()) > len(second)


def test_the_worker_is_told_which_file_to_fetch_and_then_answers():
    answerer = Answerer()
    text = json.dumps(event("image", "digit"))
    assert answerer.needs(text) == "mnist/train-00.gz"
    answerer.put("mnist/train-00.gz", DiskFiles().read("mnist/train-00.gz"))
    assert answerer.needs(text) == ""
    header, trace = unpack(answerer.answer())
    assert header["settings"]["image"] == "digit"
    assert len(trace) == 26 * 26


def test_a_fetch_that_failed_is_told_once_and_can_be_tried_again():
    files = FetchedFiles()
    session = Session(files)
    files.fail("mnist/train-00.gz", "the file mnist/train-00.gz could not be fetched (404)")
    assert "could not be fetched (404)" in session.handle(event("image", "digit")).error
    with pytest.raises(FileNeeded):
        session.handle(event("image", "digit"))


KINDS = {"choice", "integer", "number", "flag", "matrix", "drawing", "picture"}


def test_the_table_describes_every_setting():
    from convoscope.views.convolution.lesson import ConvolutionSettings

    rows_of_table = table(ConvolutionSettings)
    assert [row["name"] for row in rows_of_table] == ConvolutionSettings.names()
    assert all(row["label"] and row["help"] and row["kind"] in KINDS for row in rows_of_table)
    json.dumps(rows_of_table)
    assert Settings.names() == []


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KNOWN = ("image", "cells", "digit", "drawing", "size", "kernel", "weights", "kernel_rows", "normalise", "flip", "stride")
KNOWN += ("stride_across", "padding", "padding_rule", "dilation", "bias", "relu", "row", "settings", "reset", "__init__")
NAMES = st.sampled_from(KNOWN) | st.text()


@given(st.lists(st.fixed_dictionaries({"view": st.just("convolution"), "name": NAMES, "value": ANYTHING}), max_size=6))
def test_nothing_that_comes_in_breaks_the_session(events):
    session = Session()
    for one in events:
        update = session.handle(one)
        header, trace = unpack(update.to_bytes())
        assert bool(header["error"]) == (trace is None)
    assert session.handle(event("reset")).settings["weights"] == DEFAULT_WEIGHTS


class Counter(State):
    """A state that counts up to its goal by itself, reads a file meanwhile, and can hand out its count."""

    actions = ("count_to", "save", "fail")

    def __init__(self, files, networks):
        super().__init__(files, networks)
        self.count = self.goal = 0

    @property
    def busy(self):
        return self.count < self.goal

    @property
    def next_file(self):
        return "images/after.bin" if self.busy else ""

    def act(self, settings, name, value):
        if name == "save":
            return Download("count.txt", "text/plain", str(self.count).encode())
        if name == "fail":
            settings.stride = 3
            raise DataError("it cannot be counted; try less")
        self.files.read("images/needed.bin")
        self.goal = value
        return [f"Counting to {value}."]

    def tick(self, settings):
        if self.count == 2:
            self.files.read("images/second.bin")
        self.count += 1
        return self.count % 2 == 0


@pytest.fixture
def counting(monkeypatch):
    lesson = SimpleNamespace(
        Settings=lecture.Settings,
        State=Counter,
        compute=lambda settings, files, state: replace(lecture.compute(settings, files), facts={"count": str(state.count)}),
    )
    monkeypatch.setitem(session_module.LESSONS, "convolution", lesson)


@pytest.mark.usefixtures("counting")
def test_what_goes_on_by_itself_is_done_in_ticks_and_shown_when_there_is_something_new(tmp_path):
    (tmp_path / "images").mkdir()
    for name in ("needed", "second"):
        (tmp_path / "images" / f"{name}.bin").touch()
    session = Session(DiskFiles(tmp_path))
    assert not session.busy
    assert session.tick() is None
    update = session.handle(event("count_to", 4))
    assert (update.notices, update.trace.facts["count"]) == (("Counting to 4.",), "0")
    assert session.busy
    assert session.next_file == "images/after.bin"
    shown = [session.tick() for _ in range(4)]
    assert [update and update.trace.facts["count"] for update in shown] == [None, "2", None, "4"]
    assert not session.busy
    assert session.next_file == ""


@pytest.mark.usefixtures("counting")
def test_a_file_to_keep_comes_without_a_picture():
    update = Session().handle(event("save"))
    assert update.trace is None
    header, trace = unpack(update.to_bytes())
    assert trace is None
    assert header["download"] == {"name": "count.txt", "kind": "text/plain", "data": base64.b64encode(b"0").decode()}


@pytest.mark.usefixtures("counting")
def test_a_refused_action_leaves_the_settings():
    session = Session()
    update = session.handle(event("fail"))
    assert update.error == "It cannot be counted; try less."
    assert update.settings["stride"] == session.handle(event("relu", False)).settings["stride"] == 1


@pytest.mark.usefixtures("counting")
def test_actions_and_ticks_wait_for_their_files():
    answerer = Answerer()
    text = json.dumps(event("count_to", 3))
    assert answerer.needs(text) == "images/needed.bin"
    assert not answerer.busy()
    answerer.put("images/needed.bin", b"here")
    assert answerer.needs(text) == ""
    assert answerer.busy()
    assert answerer.next_file() == "images/after.bin"
    answerer.put("images/after.bin", b"here")
    assert answerer.next_file() == ""
    assert [answerer.tick() for _ in range(3)] == ["", "", "images/second.bin"]
    assert answerer.answer() == b""
    answerer.put("images/second.bin", b"here")
    assert answerer.tick() == ""
    assert not answerer.busy()


@pytest.mark.parametrize(
    ("view", "asked", "kept", "said", "refused"),
    [
        ("backprop", {"inputs": "x=3,q=1"}, {"inputs": "x=3"}, "no input q; its inputs are x", True),
        ("train", {"cell": "9;9"}, {"cell": ""}, "no cell “9;9”", True),
        ("photo", {"layers": "conv1,qq"}, {"layers": ""}, "no layer 'qq'", True),
        ("network", {"layers": "C1,qq"}, {"layers": "C1,qq"}, "no layer qq in this network", False),
        ("network", {"edits": "C1.weight[99,0,0,0]=1"}, {"edits": ""}, "C1.weight goes up to", True),
    ],
)
def test_what_an_address_names_and_a_view_has_not_is_told_and_can_be_mended(view, asked, kept, said, refused):
    """A refused setting is named, so that the page keeps what the address asked for."""
    update = Session().handle({"view": view, "name": "address", "value": asked})
    assert {name: update.settings[name] for name in kept} == kept
    assert said in " ".join(update.notices)
    assert update.refused == (tuple(asked) if refused else ())
