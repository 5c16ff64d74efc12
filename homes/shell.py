"""The page that every home shows: one Jinja template, filled with the views, their settings and their panels."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jinja2
from bokeh.document import Document
from bokeh.embed.util import OutputDocumentFor
from markupsafe import Markup

from ..views import SLUGS, settings
from ..views.drawing import Layout, Panel
from ..views.exercise import LARGEST_SEED
from ..views.session import LESSONS
from .listing import Listing, listings

ROOT = Path(__file__).resolve().parent.parent
STATIC = ROOT / "static"
VIEWS = ROOT / "views"
FIGURES = {slug: importlib.import_module(f"..views.{slug}.figure", __package__) for slug in SLUGS}
VERSION = version("convoscope")
IMPORTED = re.compile(r'^import .*"\./([\w-]+\.mjs)";$', re.MULTILINE)

# BokehJS sets inline styles, a sandboxed iframe can start workers from blobs only, WebAssembly needs its own word;
# everything else comes from the page's own host.
POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; connect-src 'self'; "
    "img-src 'self' data: blob:; font-src 'self'; frame-src 'self'; manifest-src 'self'; "
    "worker-src 'self' blob:; base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True)
class View:
    """A view as the page sees it."""

    slug: str
    title: str
    summary: str
    activity: str  # what one does there
    table: list[dict[str, Any]]
    panels: list[Panel]
    layout: Layout
    definition: tuple[Listing, ...]
    proof: str  # which tests hold what runs to the definition
    has_exercises: bool
    largest_seed: int = LARGEST_SEED

    @property
    def has_script(self) -> bool:
        """Whether the page does more for it than for every view: views/<slug>/own.mjs."""
        return (VIEWS / self.slug / "own.mjs").exists()

    @property
    def has_style(self) -> bool:
        """Whether it has rules of its own: views/<slug>/own.css, which the page fetches when the view is opened."""
        return (VIEWS / self.slug / "own.css").exists()


def views() -> list[View]:
    """Every view with freshly built figures, in the order of the page."""
    return [view(slug) for slug in SLUGS]


def view(slug: str) -> View:
    """One view with freshly built figures."""
    lesson, figures = LESSONS[slug], FIGURES[slug]
    definition = lesson.DEFINITION
    return View(
        slug=slug,
        title=lesson.TITLE,
        summary=lesson.SUMMARY,
        activity=lesson.ACTIVITY,
        table=settings.table(lesson.Settings),
        panels=figures.panels(),
        layout=figures.LAYOUT,
        definition=listings(definition.functions, definition.line),
        proof=definition.proof,
        has_exercises=hasattr(lesson, "exercise"),
    )


def drawing_of(panels: list[Panel]) -> dict[str, object]:
    """The figures of a view as one serialised Bokeh document, and the element in which each of them goes."""
    document = Document()
    with document.models.freeze():  # else each root makes Bokeh go through all models again
        for panel in panels:
            document.add_root(panel.figure)
    with OutputDocumentFor(document.roots):
        whole = document.to_json(deferred=False)
    return {"docs": {"figures": whole}, "roots": {root.id: root.name for root in document.roots}}


def template(name: str = "shell.html") -> jinja2.Template:
    """One of the page's templates."""
    loader = jinja2.FileSystemLoader([STATIC, VIEWS])
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.get_template(name)


def modules(*more: str) -> list[str]:
    """The scripts that main.mjs and `more` import at once, to be fetched together instead of one after the other."""
    found, open_ones = set(), {"main.mjs", *more}
    while open_ones:
        found |= open_ones
        texts = [(STATIC / "js" / name).read_text("utf-8") for name in open_ones]
        open_ones = {name for text in texts for name in IMPORTED.findall(text)} - found
    return sorted(found)


def styles() -> list[str]:
    """The style sheets of every page, in their order."""
    return [f"static/css/{name}.css" for name in ("page", "view", "extras", "embed")]


def page_files(slugs: Iterable[str] = SLUGS) -> list[Path]:
    """The scripts and style sheets that browsers fetch, as paths in the project: shared ones, then those of the views."""
    own = [path for slug in slugs for pattern in ("own.*", "page/*.mjs") for path in sorted((VIEWS / slug).glob(pattern))]
    units = [VIEWS / "units" / "card.css", *sorted((VIEWS / "units" / "page").iterdir())]  # what views of networks share
    shared = [*(path for folder in ("js", "css") for path in sorted((STATIC / folder).iterdir())), *units]
    return [path.relative_to(ROOT) for path in shared + own if path.suffix != ".html"]


def site_data(home: str, shown: list[View], **more: Any) -> Markup:
    """What the page's scripts must know, as JSON that is safe inside a script element. more[slug] adds to that view."""
    rows = [
        {"slug": view.slug, "title": view.title, "table": view.table, "script": view.has_script, "style": view.has_style}
        | more.pop(view.slug, {})
        for view in shown
    ]
    text = json.dumps({"home": home, "version": VERSION, "views": rows, **more}, ensure_ascii=False)
    return Markup(text.replace("<", "\\u003c"))  # no text can end the element
