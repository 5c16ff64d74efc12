"""`convoscope read`: the top five of a picture, as it should be seen, and a sentence for what is none."""

import zlib

import numpy as np
import pytest
from PIL import Image

from convoscope.app import main
from convoscope.homes.photo_file import photograph
from convoscope.views.files import DiskFiles
from convoscope.views.images import photo


def saved(path, pixels, **options):
    Image.fromarray(pixels).save(path, **options)
    return path


def test_the_top_five_are_printed(tmp_path, capsys):
    file = saved(tmp_path / "panda.png", photo("panda", 224, DiskFiles()))
    assert main(["read", str(file)]) == 0
    first, *lines = capsys.readouterr().out.splitlines()
    assert first == "panda.png: 224×224 pixels, of which the central 224×224"
    assert len(lines) == 5
    assert lines[0].split() == ["giant", "panda", "100", "%"]


def test_the_orientation_is_that_of_the_camera(tmp_path):
    pixels = photo("cat", 224, DiskFiles())
    orientation = Image.Exif()
    orientation[274] = 6  # the camera was turned: to be seen, a quarter turn clockwise
    file = saved(tmp_path / "turned.png", np.rot90(pixels).copy(), exif=orientation)
    np.testing.assert_array_equal(photograph(file)[0], pixels)


def test_transparency_is_white_paper_and_the_middle_is_kept(tmp_path):
    pixels = np.zeros((224, 400, 4), np.uint8)
    pixels[:, 88:312] = 200, 0, 0, 255
    pixels[:112, 88:312, 3] = 0
    seen, what = photograph(saved(tmp_path / "part.png", pixels))
    assert seen.shape == (224, 224, 3)
    assert (seen[:112] == 255).all()
    assert (seen[112:] == (200, 0, 0)).all()
    assert what == "400×224 pixels, of which the central 224×224"


@pytest.mark.parametrize("content", [b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, b"GIF89a" + b"\xff" * 9])
def test_what_is_no_picture_is_refused_with_a_sentence(tmp_path, capsys, content):
    (tmp_path / "file").write_bytes(content)
    assert main(["read", str(tmp_path / "file")]) == 1
    assert "is damaged or no picture; choose a PNG, JPEG or WebP file" in capsys.readouterr().err


def test_a_picture_too_large_is_refused_before_it_is_decoded(tmp_path, capsys):
    data = bytearray(saved(tmp_path / "small.png", np.zeros((1, 1), np.uint8)).read_bytes())
    data[16:24] = (20_000).to_bytes(4, "big") * 2  # its head tells another size
    data[29:33] = zlib.crc32(data[12:29]).to_bytes(4, "big")
    (tmp_path / "wide.png").write_bytes(data)
    assert main(["read", str(tmp_path / "wide.png")]) == 1
    assert capsys.readouterr().err.count("wide.png") == 1


def test_alexnet_runs_layer_by_layer_and_says_what_it_is_not(tmp_path, capsys):
    file = saved(tmp_path / "cat.png", photo("cat", 224, DiskFiles()))
    assert main(["read", str(file), "--network", "alexnet", "--seed", "3"]) == 0
    first, honest, squeezenet, *lines = capsys.readouterr().out.splitlines()
    assert first.endswith("as 227×227×3")
    assert "weights drawn from seed 3" in honest
    assert "SqueezeNet reads photographs here" in squeezenet
    sizes = [line.split("  mean")[0].split()[-1] for line in lines]
    assert [size for size, before in zip(sizes, ["", *sizes], strict=False) if size != before] == [
        "96×55×55", "96×27×27", "256×27×27", "256×13×13", "384×13×13", "256×13×13", "256×6×6", "9216", "4096", "1000",
    ]  # fmt: skip
    assert sum(line.startswith("lrn") for line in lines) == 2
    assert sum("groups 2" in line for line in lines) == 3
