"""`convoscope export`: the file's ending says what is wanted, bad wishes get a sentence, and no half of a file is left."""

import io
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from convoscope.app import main
from convoscope.homes import export, pictures
from convoscope.homes.notebook import show
from convoscope.homes.single_file import ExportError, computed, single_file
from convoscope.views.files import DiskFiles
from convoscope.views.images import photo
from convoscope.views.session import Session


def run(*arguments):
    return main(["export", *map(str, arguments)])


def test_a_single_file_needs_nothing_else_and_is_small_enough():
    page = single_file("convolution", {"kernel": "blur"}, {"stride": ["1", "2"]})
    assert len(page.encode()) <= 1_200_000
    assert "@@" not in page.replace("@@{}@@", "")[: page.index("<script>")]
    for link in ('src="', "<link"):
        assert f"<{link}" not in page
    assert 'rel="stylesheet"' not in page


def test_a_grid_of_alternatives_is_computed_once_each():
    told = []
    grid = {"kernel": ["blur", "identity"], "stride": ["1", "2"]}
    updates = computed("convolution", {"kernel": "blur"}, grid, Session(), lambda *progress: told.append(progress))
    found = [(update.settings["kernel"], update.settings["stride"]) for update in updates]
    assert found == [("blur", 1), ("blur", 2), ("identity", 1), ("identity", 2)]
    assert told[-1] == (5, 5)


def test_an_export_can_be_cancelled():
    def stop(done, wanted):
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        computed("convolution", {}, {"stride": ["1", "2", "3"]}, Session(), stop)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["convolution", "a.html", "kernel=blru"], "“blru” is not a choice of “Kernel”"),
        (["convolution", "a.html", "kernle=blur"], "no setting called kernle"),
        (["convolution", "a.html", "stride=9"], "must be a whole number from 1 to 4"),
        (["convolution", "a.html", "kernel"], "write name=value"),
        (["convolution", "a.exe"], "“.exe” is not a kind of export"),
        (["convolution", "a.tex", "--grid", "stride=1,2"], "--grid is for .html"),
        (["convolution", "a.tex", "--step", "25"], "the steps go from 0 to 24"),
        (["convolution", "a.gif", "--steps", "all"], "FROM:TO is wanted"),
        (["convolution", "a.html", "--grid", "digit=" + ",".join(map(str, range(201)))], "201 combinations are too many"),
        (["train", "a.py"], "not show a single call"),
        (["rgb", "a.png", "--width", "50"], "--width is 50; a page has 320 to 4000 pixels"),
        (["rgb", "a.gif", "--speed", "0"], "--speed is 0; it must be above 0 and at most 15"),
        (["rgb", "a.gif", "--speed", "nan"], "--speed is nan"),
    ],
)
def test_bad_wishes_get_a_sentence_and_leave_no_file(arguments, words, tmp_path, capsys):
    arguments[1] = tmp_path / arguments[1]
    assert run(*arguments) == 1
    assert words in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_the_settings_of_a_view_are_listed(capsys):
    assert run("downsampling", "--list") == 0
    assert "stride" in capsys.readouterr().out


def test_numbers_are_written_without_a_browser(tmp_path, capsys):
    file = tmp_path / "folder" / "step.tex"
    assert run("convolution", file, "kernel=blur", "--step", "-1") == 0
    assert "step 25 of 25" in file.read_text()
    assert f"{file.stat().st_size:,} bytes" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("library", "line"),
    [("keras", "x = layers.Conv2D(6, 5)(x)"), ("numpy", "def network(x):"), ("pytorch", "    nn.Conv2d(1, 6, 5),")],
)
def test_a_program_is_written_for_the_library_that_is_wanted(library, line, tmp_path, capsys):
    assert run("architectures", tmp_path / "net.py", "architecture=one_layer", "--library", library) == 0
    assert line in (tmp_path / "net.py").read_text().splitlines()
    if library == "keras":
        assert run("convolution", tmp_path / "conv.py", "--library", library) == 1
        assert "no program for “keras” here; choose convoscope, numpy" in capsys.readouterr().err


def test_a_video_without_ffmpeg_says_what_to_do(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(ExportError, match=r"needs ffmpeg.*export a \.gif"):
        pictures.film("", "convolution", [0], "mp4")


def test_without_a_browser_pictures_are_refused_with_a_sentence(monkeypatch):
    monkeypatch.setenv("CONVOSCOPE_CHROMIUM", "/nowhere/chromium")
    with pytest.raises(ExportError, match=r"need a Chromium browser.*export \.html"):
        pictures.picture("", "convolution", 0, "png")


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("<p>no view at all</p>", "gave no picture.*nothing came within 0.2 seconds.*export .html"),
        ("<script>window.convoscope = {ready: Promise.reject(new Error('it broke'))}</script>", "gave no picture.*it broke"),
    ],
)
def test_a_page_that_gives_no_picture_is_not_waited_for_for_ever(page, words, monkeypatch):
    monkeypatch.setattr(pictures, "PATIENCE", 0.2)
    with pytest.raises(ExportError, match=words):
        pictures.picture(page, "convolution", 0, "png")


def test_the_frames_of_a_gif_are_the_steps_of_the_page(tmp_path):
    """Each frame against the picture of its step, and against that of the next, which it must not be."""
    page = single_file("convolution", {"kernel": "blur"})
    with Image.open(io.BytesIO(pictures.film(page, "convolution", range(2, 4), "gif"))) as film:
        frames = [np.asarray(frame.convert("RGB"), float) for frame in ImageSequence.Iterator(film)]
    expected = []
    for step in range(2, 5):
        picture = Image.open(io.BytesIO(pictures.picture(page, "convolution", step, "png"))).convert("RGB")
        expected.append(np.asarray(picture.reduce(pictures.FINE), float))
    assert len(frames) == 2
    for n, frame in enumerate(frames):
        same, next_one = (np.abs(frame - expected[m]).mean() for m in (n, n + 1))
        assert same < 2  # of 255: a GIF has 256 colours
        assert next_one > 1.5 * same


def test_a_photograph_of_ones_own_is_exported_with_its_film():
    """The file holds the photograph and all that was computed of it; the film goes from layer to layer."""
    page = show("photo", image=photo("koala", 224, DiskFiles())).html()
    assert len(page) < 1_500_000
    with Image.open(io.BytesIO(pictures.film(page, "photo", range(2, 4), "gif"))) as film:
        frames = [np.asarray(frame.convert("RGB"), float) for frame in ImageSequence.Iterator(film)]
    assert len(frames) == 2
    assert np.abs(frames[0] - frames[1]).any()
    with Image.open(io.BytesIO(pictures.picture(page, "photo", 3, "png"))) as picture:
        assert np.abs(np.asarray(picture.convert("RGB").reduce(pictures.FINE), float) - frames[1]).mean() < 4  # of 255


def test_the_command_says_which_endings_there_are():
    text = export.command_line().format_help()
    assert all(f".{ending}" in text for ending in ("html", "png", "svg", "gif", "mp4", "webm", "tex", "py", "json", "npz"))
    assert Path(export.__file__).exists()
