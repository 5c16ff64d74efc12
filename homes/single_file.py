"""One view as one HTML file that plays from the disk with no network: figures, scripts and computed traces stand in it.

Nothing is computed any more in such a file, so it holds one trace for the chosen settings and one for each of a grid of
alternatives; its controls offer exactly these. What is large stands in it as gzip in base64 (static/js/unpack.js), which
keeps the whole below what browsers take as a data: address, as slides and notebooks that embed it make of it.
"""

from __future__ import annotations

import base64
import dataclasses
import gzip
import itertools
import json
import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import bokeh
from markupsafe import Markup

from ..views.session import Session, Update
from ..views.theme import css
from . import shell
from .listing import sources_of

MOST_TRACES = 200  # of one file
MARK = "@@{}@@"
IMPORT = re.compile(r'(\bfrom |\bimport |\bimport\()(["`])(\.[^"`]+\.mjs)\2')

IMPORTED = re.compile(r'@import url\("([^"]+)"\);')


class ExportError(RuntimeError):
    """Settings that cannot be exported; the message says which and what to try."""


def single_file(
    slug: str,
    settings: Mapping[str, Any] | None = None,
    alternatives: Mapping[str, Sequence[Any]] | None = None,
    *,
    session: Session | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> str:
    """Write the page. alternatives: {setting: its values}, every combination of which is computed.

    progress is called with (traces done, traces in all); an exception that it raises cancels. Raises ExportError.
    """
    updates = computed(slug, settings or {}, alternatives or {}, session or Session(), progress)
    grid = list(alternatives or {})
    whole = shell.view(slug)
    rows = [row for row in whole.table if row["name"] in grid]
    table = [_choice(row, [update.settings[row["name"]] for update in updates]) for row in rows]
    view = dataclasses.replace(whole, table=table)
    ran = [function for update in updates if update.ran for function in update.ran["functions"]]
    defined = [(listing.file, listing.line) for listing in whole.definition]
    sources = sources_of([*defined, *((function["file"], function["line"]) for function in ran)])
    packets = {
        "drawing": packed(json.dumps(shell.drawing_of(view.panels)).encode()),
        "packets": [packed(update.to_bytes()) for update in updates],
        "sources": packed(json.dumps(sources).encode()),
        "grid": grid,
    }
    filling = {
        "site": shell.site_data("file", [view], **{slug: {"rows": whole.table}}),
        "packets": _inline(json.dumps(packets)),
        "bokeh": packed(_bokehjs()),
    }
    page = blank(view)
    for name, text in filling.items():
        page = page.replace(MARK.format(name), text)
    return page


def blank(view: shell.View) -> str:
    """The page of a view with MARKs where the site's data, the packets and BokehJS go; the page fills it too (one-file.mjs)."""
    static = shell.STATIC
    own = [f"views/{view.slug}/own.css"] if view.has_style else []
    sheets = [Markup(_whole(shell.ROOT / path)) for path in shell.styles() + own]
    view = dataclasses.replace(view, has_exercises=False)  # an exercise would have to be computed
    return shell.template("single.html").render(
        home="static",
        is_explorer=False,
        views=[view],
        site=MARK.format("site"),
        packets=MARK.format("packets"),
        styles=[Markup(css()), *sheets],
        scripts={
            "theme": _inline((static / "js" / "early-theme.js").read_text("utf-8")),
            "unpack": _inline((static / "js" / "unpack.js").read_text("utf-8")),
        },
        packed={"bokeh": MARK.format("bokeh"), "modules": packed(json.dumps(modules(view.slug)).encode())},
    )


def _whole(sheet: Path) -> str:
    """A style sheet with those that it imports."""
    return IMPORTED.sub(lambda match: _whole(sheet.parent / match[1]), sheet.read_text("utf-8"))


def packed(data: bytes) -> str:
    """gzip in base64, the same for the same bytes"""
    return base64.b64encode(gzip.compress(data, mtime=0)).decode()


def _bokehjs() -> bytes:
    return Path(bokeh.__file__).with_name("server").joinpath("static/js/bokeh.min.js").read_bytes()


def computed(
    slug: str,
    settings: Mapping[str, Any],
    alternatives: Mapping[str, Sequence[Any]],
    session: Session,
    progress: Callable[[int, int], None],
) -> list[Update]:
    """The update of the chosen settings, then one for every other combination of the alternatives, each with what ran."""
    combinations: list[dict[str, Any]] = [
        dict(zip(alternatives, values, strict=True)) for values in itertools.product(*alternatives.values())
    ]
    if len(combinations) > MOST_TRACES:
        raise ExportError(
            f"{len(combinations)} combinations are too many for one file; {MOST_TRACES} are the most. Give fewer values"
        )
    updates: list[Update] = []
    for done, more in enumerate([{}, *combinations]):
        progress(done, len(combinations) + 1)
        update = answered(session, slug, {**settings, **more})
        if all(any(update.settings[name] != other.settings[name] for name in alternatives) for other in updates):
            updates.append(update)
    progress(len(combinations) + 1, len(combinations) + 1)
    return updates


def answered(session: Session, slug: str, settings: Mapping[str, Any]) -> Update:
    """The update for these settings beside the view's defaults. Raises ExportError with the session's words."""
    session.handle({"view": slug, "name": "reset"})
    unknown = sorted(set(settings) - set(session.handle({"view": slug, "name": "reset"}).settings))
    if unknown:
        raise ExportError(f"the view {slug} has no setting called {', '.join(unknown)}; run `convoscope export {slug} --list`")
    update = session.handle_to_the_end({"view": slug, "name": "settings", "value": dict(settings), "ran": True})
    if update.error or update.notices or update.trace is None:
        raise ExportError(update.error or " ".join(update.notices))
    return update


def modules(*slugs: str) -> dict[str, str]:
    """The scripts of these views' pages under the name convoscope/<path>, which is also what they import."""
    return {
        f"convoscope/{path.as_posix()}": _renamed(path)
        for path in shell.page_files(slugs)
        if path.suffix == ".mjs" and path.name != "worker.mjs"
    }


def _renamed(path: Path) -> str:
    def named(match: re.Match[str]) -> str:
        before, quote, address = match.groups()
        return f"{before}{quote}convoscope/{posixpath.normpath(posixpath.join(path.parent.as_posix(), address))}{quote}"

    return IMPORT.sub(named, (shell.ROOT / path).read_text("utf-8"))


def _choice(row: dict[str, Any], values: Sequence[Any]) -> dict[str, Any]:
    """The row of a setting that offers these values and no others."""
    labels = {value: label for label, value in row.get("choices", ())}
    texts = dict.fromkeys(_text(value) for value in values)
    return row | {"kind": "choice", "choices": [[labels.get(text, text), text] for text in texts]}


def _text(value: Any) -> str:
    """A value as static/js/address.mjs writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (tuple, list)):
        return ";".join(",".join(f"{cell:g}" for cell in row) for row in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _inline(text: str) -> Markup:
    """Script text or JSON that cannot end its element."""
    return Markup(text.replace("</", "<\\/").replace("<!--", "<\\!--"))
