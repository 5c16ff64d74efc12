"""The command `convoscope export VIEW FILE [setting=value ...]`: the file's ending says what is wanted.

.html is the view in one file; .png and .svg a step; .gif, .mp4 and .webm a range of steps; .tex, .py, .json and .npz what
views/exports.py writes. `convoscope export --pdf DECK` prints a deck (print_deck.py).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from ..views import SLUGS
from ..views import settings as view_settings
from ..views.exports import KINDS, LIBRARIES
from ..views.session import LESSONS, Session
from . import pictures, print_deck
from .single_file import ExportError, answered, single_file
from .vendor import write_at_once

PICTURES = ("png", "svg")
FILMS = ("gif", "mp4", "webm")
WIDTHS = (320, 4000)  # pixels of a page: a phone, a wall
FASTEST = 15  # times two steps a second: films have 30 pictures a second


@dataclass(frozen=True, kw_only=True)
class ExportOptions:
    """Which steps a picture or a film shows, and how."""

    step: int = 0  # of a picture or of numbers; a negative one counts from the end
    steps: str = ""  # of a film: FROM:TO, both included; "" for all
    speed: float = 1.0  # of a film: 1 is two steps a second
    width: int = 1100  # pixels of the page that is pictured
    dark: bool = False
    library: str = "convoscope"  # that a .py is written for


def command_line() -> argparse.ArgumentParser:
    """What the command takes."""
    parser = argparse.ArgumentParser(prog="convoscope export", description="Write a view as a file; its ending says which.")
    parser.add_argument("view", choices=SLUGS, metavar="VIEW", help=", ".join(SLUGS))
    parser.add_argument("file", type=Path, nargs="?", help=f"ends in .html, .{', .'.join([*PICTURES, *FILMS, *KINDS])}")
    parser.add_argument("settings", nargs="*", metavar="name=value", help="a setting of the view, such as kernel=blur")
    parser.add_argument("--grid", action="append", default=[], metavar="name=a,b,c", help="values to choose from in an .html")
    parser.add_argument(
        "--step", type=int, default=0, help="the step of a picture or of numbers (default: 0, negative: from the end)"
    )
    parser.add_argument("--steps", metavar="FROM:TO", default="", help="the steps of a film, both included (default: all)")
    parser.add_argument("--speed", type=float, default=1.0, help="of a film: 1 is two steps a second")
    parser.add_argument("--width", type=int, default=1100, help="of a picture's page in pixels (default: 1100)")
    parser.add_argument("--dark", action="store_true", help="dark colours in pictures and films")
    parser.add_argument("--library", choices=LIBRARIES, default="convoscope", help="what a .py needs (default: convoscope)")
    parser.add_argument("--list", action="store_true", help="print the settings of the view instead")
    return parser


def run(arguments: Sequence[str]) -> None:
    """convoscope export"""
    if "--pdf" in arguments:
        return print_deck.run([argument for argument in arguments if argument not in ("--", "--pdf")])
    words = command_line().parse_args([argument for argument in arguments if argument != "--"])
    if words.list or not words.file:
        return _print_settings(words.view)
    grid = {name: values.split(",") for name, values in map(_pair, words.grid)}
    options = ExportOptions(**{field.name: getattr(words, field.name) for field in fields(ExportOptions)})
    write_file(words.view, words.file, dict(map(_pair, words.settings)), grid, options, progress=_show)
    print(f"{words.file}: {words.file.stat().st_size:,} bytes")


def write_file(
    view: str,
    path: Path,
    settings: Mapping[str, Any],
    grid: Mapping[str, Sequence[Any]],
    options: ExportOptions,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Path:
    """Write a view with these settings as the kind of file that the path's ending names, whole or not at all; -> the path.

    grid: {setting: values} to choose among in an .html. Raises ExportError.
    """
    data = _file_of(view, path.suffix.removeprefix(".").lower(), settings, grid, options, progress)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_at_once(path, data)
    return path


def _file_of(
    view: str, kind: str, settings: Mapping[str, Any], grid: Mapping[str, Sequence[Any]], options: ExportOptions,
    progress: Callable[[int, int], None],
) -> bytes:  # fmt: skip
    if kind == "html":
        return single_file(view, settings, grid, progress=progress).encode()
    if grid:
        raise ExportError(f"--grid is for .html; a .{kind} shows one choice of settings")
    session = Session()
    update = answered(session, view, settings)
    assert update.trace
    _check_looks(options)
    steps = _steps(options, kind, len(update.trace))
    if kind in KINDS:
        value = {"kind": kind, "step": steps[0], "library": options.library}
        written = session.handle({"view": view, "name": "export", "value": value})
        if not written.download:
            raise ExportError(written.error)
        return written.download.data
    looks: dict[str, Any] = {"width": options.width, "dark": options.dark}
    if kind in PICTURES:
        return pictures.picture(single_file(view, settings), view, steps[0], kind, **looks)
    if kind in FILMS:
        page = single_file(view, settings)
        return pictures.film(page, view, steps, kind, speed=options.speed, progress=progress, **looks)
    raise ExportError(f"“.{kind}” is not a kind of export; choose html, {', '.join([*PICTURES, *FILMS, *KINDS])}")


def _steps(options: ExportOptions, kind: str, count: int) -> Sequence[int]:
    """The steps to be exported, first to last. count: how many there are."""
    try:
        first, last = (int(part) for part in options.steps.split(":")) if options.steps else (0, count - 1)
    except ValueError:
        raise ExportError(f"--steps is {options.steps!r}, but FROM:TO is wanted, such as 0:8") from None
    if not (-count <= options.step < count and 0 <= first <= last < count):
        raise ExportError(f"the steps go from 0 to {count - 1}; choose among them")
    return range(first, last + 1) if kind in FILMS else [options.step % count]


def _check_looks(options: ExportOptions) -> None:
    """Raises ExportError for a page or a film that nobody could see."""
    least, most = WIDTHS
    if not least <= options.width <= most:
        raise ExportError(f"--width is {options.width}; a page has {least} to {most} pixels, such as 1100")
    if not 0 < options.speed <= FASTEST:
        raise ExportError(f"--speed is {options.speed:g}; it must be above 0 and at most {FASTEST}: 1 is two steps a second")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise ExportError(f"{text!r} is not a setting; write name=value, such as kernel=blur")
    return name, value


def _print_settings(view: str) -> None:
    for row in view_settings.table(LESSONS[view].Settings):
        bounds = (
            " to ".join(map(str, row["bounds"])) if "bounds" in row else ", ".join(value for _, value in row.get("choices", ()))
        )
        print(f"{row['name']:<14} {row['kind']:<8} {bounds or row['label']}")


def _show(done: int, total: int) -> None:
    if sys.stderr.isatty() and total > 1:
        print(f"  {done} of {total}", end="\r" if done < total else "\n", file=sys.stderr, flush=True)
