"""Weights files as people bring them are read, or answered with the names that are wanted; the same in both views."""

import base64
import io

import numpy as np
import pytest

from convoscope.engine import WeightsError, convnetjs_mnist, export_convnetjs, lenet5, parse_network
from convoscope.views import weights_files
from convoscope.views.files import DiskFiles
from convoscope.views.session import Session

TWINS = "conv 2 3x3 pad 1 / relu / conv 2 3x3 pad 1 / relu / conv 2 3x3 pad 1 / flatten / linear 2"
PYTORCH = ["0.weight", "0.bias", "3.weight", "3.bias", "7.weight", "7.bias", "9.weight", "9.bias", "11.weight", "11.bias"]


def network(seed=1):
    return lenet5(np.random.default_rng(seed))


def twins():
    return parse_network(TWINS, (2, 4, 4), np.random.default_rng(0))


def npz(arrays):
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def renamed(names, of=None):
    return npz(dict(zip(names, (of or network()).parameters().values(), strict=True)))


def put(data, into=None):
    into = network(0) if into is None else into
    return into, weights_files.put(into, weights_files.read(data))


FULLY = [f"{name}.{part}" for name in ("conv1", "conv2", "fc1", "fc2", "fc3") for part in ("weight", "bias")]


@pytest.mark.parametrize("names", [PYTORCH, FULLY, [f"arr_{n}" for n in range(10)], [f"model.{name}" for name in FULLY]])
def test_other_names_are_matched_by_order_and_shape_and_that_is_said(names):
    target, notice = put(renamed(names))
    np.testing.assert_array_equal(target.vector, network().vector)
    assert notice.startswith("The arrays of the file were matched by order and shape: ")
    assert f"linear3.bias from {names[-1]}." in notice


def test_shapes_that_occur_once_need_no_order():
    values = dict(zip(PYTORCH, network().parameters().values(), strict=True))
    target, _ = put(npz(dict(sorted(values.items()))))
    np.testing.assert_array_equal(target.vector, network().vector)


def test_names_that_are_right_need_no_notice_and_may_come_in_any_order():
    values = twins().parameters()
    target, notice = put(npz(dict(reversed(values.items()))), twins())
    np.testing.assert_array_equal(target.vector, twins().vector)
    assert notice == ""


def test_equal_shapes_are_matched_in_the_networks_order_only():
    names = [f"arr_{n}" for n in range(8)]
    target, notice = put(renamed(names, twins()), twins())
    np.testing.assert_array_equal(target.vector, twins().vector)
    assert "conv3.weight from arr_4" in notice
    values = dict(zip(names, twins().parameters().values(), strict=True))
    with pytest.raises(WeightsError, match=r"\(without doubt\)"):
        put(npz(dict(sorted(values.items(), key=lambda pair: pair[1].ndim))), twins())


def test_a_name_that_says_otherwise_is_not_overruled():
    values = list(twins().parameters().items())
    swapped = {"conv2.weight" if name == "conv1.weight" else "conv1.weight" if name == "conv2.weight" else name: value
               for name, value in values}  # fmt: skip
    target, _ = put(npz(swapped), twins())  # the names decide
    np.testing.assert_array_equal(target.parameters()["conv1.weight"], twins().parameters()["conv2.weight"])
    with pytest.raises(WeightsError, match=r"\(without doubt\)"):
        put(npz({"x" if name == "conv1.weight" else name: value for name, value in swapped.items()}), twins())


@pytest.mark.parametrize("change", [{"0.weight": np.zeros((6, 5, 5, 1))}, {"more": np.zeros(3)}])
def test_what_does_not_fit_is_answered_with_the_ten_names_wanted(change):
    values = dict(zip(PYTORCH, network().parameters().values(), strict=True)) | change
    target = network(0)
    with pytest.raises(WeightsError) as caught:
        put(npz(values), target)
    for name, value in network().parameters().items():
        assert f"{name} {value.shape}" in str(caught.value)
    assert "missing" not in str(caught.value)
    np.testing.assert_array_equal(target.vector, network(0).vector)


def snapshot():
    return export_convnetjs(convnetjs_mnist(np.random.default_rng(1)))


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_json_is_read_in_any_unicode(encoding):
    target, notice = put(snapshot().encode(encoding), convnetjs_mnist(np.random.default_rng(0)))
    np.testing.assert_array_equal(target.vector, convnetjs_mnist(np.random.default_rng(1)).vector)
    assert notice == ""


STRANGE = {
    "empty": (b"", "is empty"),
    "text": (b"hello", "neither an .npz nor ConvNetJS's JSON"),
    "half a character": (b"\xff\xfe{\x00\x00", "neither an .npz nor ConvNetJS's JSON"),
    "npy": (b"\x93NUMPY\x01\x00", "holds one array as .npy"),
    "pickle": (b"\x80\x04\x95", "holds pickled Python objects"),
    "keras": (b"\x89HDF\r\n", "holds HDF5"),
    "pytorch": (b"PK\x03\x04" + bytes(26) + b"archive/data.pkl", "PyTorch's own"),
    "json": (b"\xef\xbb\xbf" + b'{"layers": 1}', "not ConvNetJS's JSON"),
}


@pytest.mark.parametrize("kind", STRANGE)
def test_what_is_no_weights_file_is_told_what_it_is(kind):
    data, words = STRANGE[kind]
    with pytest.raises(WeightsError, match=words):
        put(data, convnetjs_mnist(np.random.default_rng(0)))


@pytest.mark.parametrize(("view", "architecture"), [("network", None), ("train", "convnetjs")])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_both_views_read_the_same_json(view, architecture, encoding):
    assert load(view, architecture, snapshot().encode(encoding)).error == ""


@pytest.mark.parametrize(("view", "architecture"), [("network", None), ("train", "lenet5")])
def test_both_views_match_and_refuse_with_the_same_words(view, architecture):
    update = load(view, architecture, renamed(PYTORCH))
    assert update.error == ""
    assert any("conv1.weight from 0.weight" in notice for notice in update.notices)
    assert "linear3.bias (10,)" in load(view, architecture, npz({"w": np.zeros(3)})).error
    huge = npz({name: np.full(value.shape, 3e38) for name, value in network().parameters().items()})
    assert "so large" in load(view, architecture, huge).error


def load(view, architecture, data):
    session, text = Session(DiskFiles()), base64.b64encode(data).decode()
    if architecture:
        session.handle({"view": view, "name": "settings", "value": {"architecture": architecture}})
    return session.handle({"view": view, "name": "load", "value": text if architecture else {"name": "w", "data": text}})
