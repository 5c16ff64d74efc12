"""The command `convoscope export VIEW FILE [setting=value ...]`: the file's ending says what is wanted.

.html is the view in one file; .png and .svg a step; .gif, .mp4 and .webm a range of steps; .tex, .py, .json and .npz what
views/exports.py writes.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ..views import settings as view_settings
from ..views.exports import KINDS, Moment, export
from ..views.session import LESSONS, Session
from ..views.settings import SettingError
from . import filming
from .single_file import ExportError, answered, single_file
from .vendor import write_at_once

PICTURES = ("png", "svg")
FILMS = ("gif", "mp4", "webm")


def command_line() -> argparse.ArgumentParser:
    """What the command takes."""
    parser = argparse.ArgumentParser(prog="convoscope export", description="Write a view as a file; its ending says which.")
    parser.add_argument("view", choices=list(LESSONS), metavar="VIEW", help=", ".join(LESSONS))
    parser.add_argument("file", type=Path, nargs="?", help=f"ends in .html, .{', .'.join([*PICTURES, *FILMS, *KINDS])}")
    parser.add_argument("settings", nargs="*", metavar="name=value", help="a setting of the view, such as kernel=blur")
    parser.add_argument("--grid", action="append", default=[], metavar="name=a,b,c", help="values to choose from in an .html")
    parser.add_argument(
        "--step", type=int, default=0, help="the step of a picture or of numbers (default: 0, negative: from the end)"
    )
    parser.add_argument("--steps", metavar="FROM:TO", help="the steps of a film, both included (default: all)")
    parser.add_argument("--speed", type=float, default=1.0, help="of a film: 1 is two steps a second")
    parser.add_argument("--width", type=int, default=1100, help="of a picture's page in pixels (default: 1100)")
    parser.add_argument("--dark", action="store_true", help="dark colours in pictures and films")
    parser.add_argument("--list", action="store_true", help="print the settings of the view instead")
    return parser


def run(arguments: Sequence[str]) -> None:
    """convoscope export"""
    options = command_line().parse_args([argument for argument in arguments if argument != "--"])
    if options.list or not options.file:
        return _print_settings(options.view)
    kind = options.file.suffix.removeprefix(".").lower()
    settings = dict(_pair(text) for text in options.settings)
    grid = {name: values.split(",") for name, values in map(_pair, options.grid)}
    data = _file_of(options, kind, settings, grid)
    options.file.parent.mkdir(parents=True, exist_ok=True)
    write_at_once(options.file, data)  # a cancelled export leaves no half of a file
    print(f"{options.file}: {len(data):,} bytes")


def _file_of(options: argparse.Namespace, kind: str, settings: dict[str, str], grid: dict[str, list[str]]) -> bytes:
    if kind == "html":
        return single_file(options.view, settings, grid, progress=_show).encode()
    if grid:
        raise ExportError(f"--grid is for .html; a .{kind} shows one choice of settings")
    update = answered(Session(), options.view, settings)
    assert update.trace
    steps = _steps(options, len(update.trace))
    if kind in KINDS:
        try:
            return export(Moment(options.view, update.settings, update.trace, steps[0]), kind).data
        except SettingError as error:
            raise ExportError(str(error)) from None
    looks = {"width": options.width, "dark": options.dark}
    if kind in PICTURES:
        return filming.picture(single_file(options.view, settings), options.view, steps[0], kind, **looks)
    if kind in FILMS:
        page = single_file(options.view, settings)
        return filming.film(page, options.view, steps, kind, speed=options.speed, progress=_show, **looks)
    raise ExportError(f"“.{kind}” is no kind of export; choose html, {', '.join([*PICTURES, *FILMS, *KINDS])}")


def _steps(options: argparse.Namespace, count: int) -> Sequence[int]:
    """The steps that are wanted, first to last. count: how many there are."""
    try:
        first, last = (int(part) for part in options.steps.split(":")) if options.steps else (0, count - 1)
    except ValueError:
        raise ExportError(f"--steps is {options.steps!r}, but FROM:TO is wanted, such as 0:8") from None
    is_film = options.file.suffix.lower().removeprefix(".") in FILMS
    wanted = range(first, last + 1) if is_film else range(options.step % count, options.step % count + 1)
    inside = -count <= options.step < count and 0 <= first <= last < count
    if not inside:
        raise ExportError(f"the steps go from 0 to {count - 1}; choose among them")
    return wanted


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ExportError(f"{text!r} is no setting; write name=value, such as kernel=blur")
    return name, value


def _print_settings(view: str) -> None:
    for row in view_settings.table(LESSONS[view].Settings):
        bounds = (
            " to ".join(map(str, row["bounds"])) if "bounds" in row else ", ".join(value for _, value in row.get("choices", ()))
        )
        print(f"{row['name']:<14} {row['kind']:<8} {bounds or row['label']}")


def _show(done: int, wanted: int) -> None:
    if sys.stderr.isatty() and wanted > 1:
        print(f"  {done} of {wanted}", end="\r" if done < wanted else "\n", file=sys.stderr, flush=True)
