"""Weights files: what was saved comes back, what is hostile is refused with its own sentence and changes nothing."""

import io
import json
import pickle
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest

from convoscope.engine import (
    WeightsError,
    convnetjs_mnist,
    export_convnetjs,
    import_convnetjs,
    lenet5,
    load_weights,
    logistic_regression,
    parse_network,
    put_weights,
    read_weights,
    save_weights,
    softmax,
)


def network(seed=0):
    return logistic_regression(np.random.default_rng(seed))


def npz(arrays):
    """An .npz with any content: what numpy itself would write."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def arrays(**changed):
    good = {"linear1.weight": np.ones((10, 784), np.float32), "linear1.bias": np.zeros(10, np.float32)}
    return {name: value for name, value in (good | changed).items() if value is not None}


def zipped(members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return buffer.getvalue()


def npy(array, **options):
    buffer = io.BytesIO()
    np.save(buffer, array, **options)
    return buffer.getvalue()


class Evil:
    """Unpickling this would raise: the sentence of the error shows that it was never tried."""

    def __reduce__(self):
        return eval, ("1/0",)


def pickled_objects():
    weight = np.empty((10, 784), object)
    weight[:] = Evil()
    bias = npy(np.zeros(10, np.float32))  # zipped by hand: savez of NumPy 2.0.2 would save allow_pickle as an array
    return zipped([("linear1.weight.npy", npy(weight, allow_pickle=True)), ("linear1.bias.npy", bias)])


def with_value(value):
    weight = np.ones((10, 784), np.float32)
    weight[3, 5] = value
    return npz(arrays(**{"linear1.weight": weight}))


def huge_header():
    """A member whose header promises one number more than it holds."""
    weight, bias = npy(np.ones((10, 784), np.float32)), npy(np.zeros(10, np.float32))
    return zipped([("linear1.weight.npy", weight[:-4]), ("linear1.bias.npy", bias)])


def twice():
    """A zip may list one name twice; which of the two would be read is anybody's guess."""
    with warnings.catch_warnings(action="ignore"):
        return zipped([(f"{name}.npy", npy(value)) for name, value in [*arrays().items(), *arrays().items()][:3]])


def lying():
    """Declares 1,000 bytes, in the directory and before the data, and inflates to 40 MB."""
    data = zipped([("linear1.weight.npy", bytes(40_000_000)), ("linear1.bias.npy", npy(np.zeros(10, np.float32)))])
    return data.replace((40_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little"))


def many_members():
    return zipped([(f"{n}.npy", b"") for n in range(30_000)])


def compressed_by(method):
    """A zip that says so of its members, in the directory and before the data: not every Python can compress that way."""
    data = bytearray(npz(arrays()))
    for signature, place in ((b"PK\3\4", 8), (b"PK\1\2", 10)):
        at = -1
        while (at := data.find(signature, at + 1)) >= 0:
            data[at + place : at + place + 2] = method.to_bytes(2, "little")
    return bytes(data)


GOOD = save_weights(network())
HOSTILE = {
    "empty": (b"", "damaged or no .npz file"),
    "text": (b"these are my weights", "damaged or no .npz file"),
    "truncated": (GOOD[: len(GOOD) // 2], "damaged or no .npz file"),
    "a pickle": (pickle.dumps(Evil()), "damaged or no .npz file"),
    "pickled objects": (pickled_objects(), "pickled Python objects, which can run code"),
    "wrong shape": (npz(arrays(**{"linear1.weight": np.ones((784, 10), np.float32)})), r"float32 \(784, 10\), but"),
    "wrong rank": (npz(arrays(**{"linear1.bias": np.ones((10, 1), np.float32)})), r"float32 \(10, 1\), but"),
    "integers": (npz(arrays(**{"linear1.bias": np.zeros(10, np.int32)})), "is int32"),
    "complex": (npz(arrays(**{"linear1.bias": np.zeros(10, np.complex64)})), "is complex64"),
    "other network": (save_weights(lenet5(np.random.default_rng(0))), "holds 10 arrays but this network has 2"),
    "missing": (npz(arrays(**{"linear1.bias": None})), "missing: linear1.bias; not known: none"),
    "misnamed": (npz(arrays(**{"linear1.bias": None, "bias": np.zeros(10, np.float32)})), "not known: 'bias'"),
    "path": (zipped([("../linear1.weight.npy", b""), ("linear1.bias.npy", b"")]), "not known: '../linear1.weight'"),
    "nan": (with_value(np.nan), "linear1.weight.npy holds NaN or infinity"),
    "infinity": (with_value(-np.inf), "linear1.weight.npy holds NaN or infinity"),
    "too large": (b"PK" + bytes(8_000_000), "has 8,000,002 bytes, but 8,000,000 are the most"),
    "zip bomb": (zipped([("linear1.weight.npy", bytes(50_000_000))]), "unpacks to 50,000,000 bytes"),
    "many bombs": (zipped([(f"{i}.npy", bytes(900_000)) for i in range(10)]), "unpacks to 9,000,000 bytes"),
    "no npy": (zipped([("linear1.weight.npy", b"abc"), ("linear1.bias.npy", b"abc")]), "damaged or no .npz file"),
    "short": (huge_header(), "31,356 bytes of numbers, too few or too many"),
    "one more": (npz(arrays(x=np.zeros(1, np.float32))), "holds 3 arrays but this network has 2"),
    "lying": (lying(), "damaged or no .npz file"),
    "many members": (many_members(), "holds 30,000 arrays, but 500 are the most"),
    "bzip2": (compressed_by(zipfile.ZIP_BZIP2), "compressed in another way than deflate"),
    "lzma": (compressed_by(zipfile.ZIP_LZMA), "compressed in another way than deflate"),
    "overflowing": (with_value(np.float32(3e38)), r"so large that the network's numbers can exceed 1e\+30"),
    "beyond float32": (npz(arrays(**{"linear1.bias": np.full(10, 1e39)})), "must be finite, also as float32"),
    "all names": (npz(arrays(**{"linear1.bias": None})), r"it wants linear1.weight \(10, 784\), linear1.bias \(10,\)"),
    "one twice": (twice(), "holds 3 arrays but this network has 2"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_is_refused_and_the_old_weights_stay(kind):
    data, sentence = HOSTILE[kind]
    target = network(1)
    before = target.vector.copy()
    with pytest.raises(WeightsError, match=sentence) as caught:
        load_weights(target, data)
    assert "choose a file that was saved for this network" in str(caught.value)
    np.testing.assert_array_equal(target.vector, before)


def test_the_good_twin_of_the_hostile_files_is_accepted():
    target = network(1)
    load_weights(target, npz(arrays()))
    assert target.vector.sum() == 7840


@pytest.mark.parametrize("make", [lying, many_members])
def test_a_lie_about_sizes_and_a_crowd_of_members_cost_no_memory(make):
    data = make()
    tracemalloc.start()
    with pytest.raises(WeightsError):
        load_weights(network(), data)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2_000_000


@pytest.mark.parametrize("dtype", ["<f2", "<f4", ">f4", "<f8", ">f8"])
def test_every_float_of_numpy_is_read(dtype):
    target, weight = network(1), np.arange(7840.0).reshape(10, 784) % 100
    values = {"linear1.weight": np.asfortranarray(weight, dtype), "linear1.bias": np.ones(10, dtype)}
    load_weights(target, npz(arrays(**values)))
    np.testing.assert_array_equal(target.parameters()["linear1.weight"], weight.astype(np.float32))


def test_arrays_of_any_names_come_in_the_order_of_the_file():
    found = read_weights(npz({"b": np.ones((2, 3)), "a": np.zeros(4, np.float16)}))
    assert [(name, value.shape, value.dtype) for name, value in found.items()] == [
        ("b", (2, 3), np.float32), ("a", (4,), np.float32),
    ]  # fmt: skip
    with pytest.raises(WeightsError, match="3 arrays under 2 names"):
        read_weights(twice())


def test_no_image_makes_accepted_weights_overflow():
    text = "conv 3 3x3 / relu / maxpool 2 / flatten / linear 20 / tanh / linear 2"
    target = parse_network(text, (1, 16, 16), np.random.default_rng(0))
    before = target.vector.copy()
    values = {name: value.copy() for name, value in target.parameters().items()}
    values["conv1.weight"][1, 0, 2, 2] = -3e38  # negative, so that a ReLU hides it on a white image
    values["conv1.bias"][1] = -3e38
    with pytest.raises(WeightsError, match="so large"):
        put_weights(target, values)
    np.testing.assert_array_equal(target.vector, before)
    put_weights(target, values | {"conv1.weight": np.full((3, 1, 3, 3), 1e25), "conv1.bias": np.zeros(3)})
    assert np.isfinite(target.forward(np.ones((1, 1, 16, 16)))).all()


@pytest.mark.parametrize("text", ["flatten / linear 10", "conv 3 3x3 / relu / maxpool 2 / conv 4 3x3 / flatten / linear 2"])
def test_weights_come_back_exactly(text):
    saved, loaded = (parse_network(text, (1, 16, 16), np.random.default_rng(seed)) for seed in (0, 1))
    load_weights(loaded, save_weights(saved))
    np.testing.assert_array_equal(loaded.vector, saved.vector)


def test_the_same_weights_give_the_same_bytes_and_float16_is_smaller():
    assert save_weights(network()) == GOOD
    half = save_weights(network(), dtype=np.float16)
    assert len(half) < 0.6 * len(GOOD)
    loaded = network(1)
    load_weights(loaded, half)
    np.testing.assert_array_equal(loaded.vector, network().vector.astype(np.float16).astype(np.float32))


@pytest.mark.parametrize("position", range(0, len(GOOD), 211))
def test_a_flipped_bit_is_refused_or_harmless(position):
    data = bytearray(GOOD)
    data[position] ^= 1 << (position % 8)
    target = network(1)
    before = target.vector.copy()
    try:
        load_weights(target, bytes(data))
    except WeightsError:
        np.testing.assert_array_equal(target.vector, before)
    else:
        np.testing.assert_array_equal(target.vector, network().vector)


def snapshot(change=lambda layers: None):
    layers = json.loads(export_convnetjs(convnetjs_mnist(np.random.default_rng(0))))
    change(layers["layers"])
    return json.dumps(layers)


def test_a_convnetjs_snapshot_comes_back_exactly():
    saved, loaded = (convnetjs_mnist(np.random.default_rng(seed)) for seed in (0, 1))
    import_convnetjs(loaded, export_convnetjs(saved))
    np.testing.assert_array_equal(loaded.vector, saved.vector)


def test_a_snapshot_with_plain_lists_is_read_too():
    def lists(layers):
        for layer in layers:
            for volume in [*layer.get("filters", []), *([layer["biases"]] if "biases" in layer else [])]:
                volume["w"] = list(volume["w"].values())

    loaded = convnetjs_mnist(np.random.default_rng(1))
    import_convnetjs(loaded, snapshot(lists))
    np.testing.assert_array_equal(loaded.vector, convnetjs_mnist(np.random.default_rng(0)).vector)


def test_channels_lie_innermost_in_a_snapshot():
    source = convnetjs_mnist(np.random.default_rng(0))
    volume = json.loads(export_convnetjs(source))["layers"][4]["filters"][7]
    d, y, x = 6, 3, 1
    assert volume["w"][str((5 * y + x) * 8 + d)] == float(source.parameters()["conv2.weight"][7, d, y, x])
    fully = json.loads(export_convnetjs(source))["layers"][7]["filters"][2]
    assert fully["w"][str((4 * y + x) * 16 + d)] == float(source.parameters()["linear1.weight"][2, d * 16 + 4 * y + x])


def test_convnetjs_own_snapshot_gives_its_own_probabilities():
    # scripts/make_convnetjs_fixture.mjs: weights, image and answer all come from ConvNetJS.
    path = Path(__file__).parent / "fixtures" / "convnetjs_snapshot.json"
    record = json.loads(path.read_text())
    reader = convnetjs_mnist(np.random.default_rng(0), dtype=np.float64)
    import_convnetjs(reader, record["snapshot"])
    logits = reader.forward(np.array(record["image"]).reshape(1, 1, 24, 24))
    np.testing.assert_allclose(softmax(logits)[0], record["probabilities"], rtol=1e-9)
    ours, theirs = json.loads(export_convnetjs(reader)), json.loads(record["snapshot"])
    assert ours == theirs  # the same layers, the same settings, the same numbers


BAD_SNAPSHOTS = {
    "no JSON": ("hello", "not ConvNetJS's JSON"),
    "no layers": ("{}", "not ConvNetJS's JSON"),
    "a list": ("[1]", "not ConvNetJS's JSON"),
    "numbers": ('{"layers": [1, 2]}', "not ConvNetJS's JSON"),
    "deep": ("[" * 100_000, r"not ConvNetJS's JSON \(brackets nested 100,000 deep\)"),
    "a little too deep": ('{"layers":' + "[" * 20 + "]" * 20 + "}", r"\(brackets nested 21 deep\)"),
    "as deep as allowed": ('{"layers":' + "[" * 19 + "]" * 19 + "}", r"not ConvNetJS's JSON \(TypeError"),
    "other network": (snapshot(lambda layers: layers.pop(3)), "the snapshot's layers are"),
    "fewer filters": (snapshot(lambda layers: layers[1]["filters"].pop()), "conv1 has 7 filters in the snapshot, not 8"),
    "fewer numbers": (snapshot(lambda layers: layers[1]["filters"][0]["w"].popitem()), "conv1|KeyError"),
    "more numbers": (snapshot(lambda layers: layers[1]["biases"]["w"].update({"8": 1})), "conv1 holds 9 values"),
    "text for a number": (snapshot(lambda layers: layers[4]["biases"]["w"].update({"3": "1"})), "conv2 holds"),
    "true for a number": (snapshot(lambda layers: layers[4]["biases"]["w"].update({"3": True})), "conv2 holds"),
    "nan": (snapshot(lambda layers: layers[7]["biases"]["w"].update({"3": float("nan")})), "finite numbers are wanted"),
    "huge": (snapshot(lambda layers: layers[7]["biases"]["w"].update({"3": 10**400})), "finite numbers are wanted"),
    "no biases": (snapshot(lambda layers: layers[7].pop("biases")), "KeyError"),
    "too long": (" " * 2_000_001, "2,000,001 characters"),
}


@pytest.mark.parametrize("kind", BAD_SNAPSHOTS)
def test_a_bad_snapshot_is_refused_and_the_old_weights_stay(kind):
    text, sentence = BAD_SNAPSHOTS[kind]
    target = convnetjs_mnist(np.random.default_rng(1))
    before = target.vector.copy()
    with pytest.raises(WeightsError, match=sentence):
        import_convnetjs(target, text)
    np.testing.assert_array_equal(target.vector, before)


def test_snapshots_fit_one_network_only():
    with pytest.raises(WeightsError, match="snapshots fit the network"):
        export_convnetjs(network())
    with pytest.raises(WeightsError, match="build it first"):
        import_convnetjs(network(), snapshot())
