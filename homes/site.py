"""Build the static site: every page, figure, first trace and byte of runtime that a web server needs to hand out.

All URLs are relative, so the site works under any path. Everything that changes between versions lies in one folder
named by its content: a page can never mix the scripts of two versions.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from ..views.session import Session
from ..views.theme import css
from . import gallery, shell
from .bundle import bundle
from .deck import add_deck
from .gif_encoder import add_gif_encoder
from .listing import engine_sources
from .offline import add_offline
from .precompile import compiled_runtime
from .single_file import blank
from .states import write_states
from .vendor import FOLDER as RUNTIME
from .vendor import PYODIDE_VERSION, copy_bokehjs

DIST = shell.STATIC.parent / "dist"
FILES_OF_A_VIEW = {"figures": "json", "first": "packet", "blank": "blank.html", "ran": "ran.packet"}
FETCHED = (".wasm", ".zip", ".whl")  # what the worker fetches and counts while it starts


def build(
    dist: Path = DIST, runtime: Path = RUNTIME, say: Callable[[str], None] = print, precompute: Sequence[Path] = ()
) -> Path:
    """Write the whole site into `dist` and return it. The old site is replaced only when the new one is complete.

    precompute: pages of other people, whose embeds of this site show their pictures before Python is there, as the deck's do.
    """
    new = dist.with_name(f".{dist.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    shown = shell.views()
    assets = new / "assets"
    write_assets(assets, shown)
    pages = [shell.STATIC / "slides" / "index.html", *precompute]
    states = write_states(assets, [*(page.read_text("utf-8") for page in pages), gallery.page()], say)
    packed = bundle(assets)
    assets = assets.rename(new / f"assets-{digest_of(assets)}")
    shutil.copytree(shell.STATIC / "data", new / "data")
    pyodide = new / f"pyodide-{PYODIDE_VERSION}"
    shutil.copytree(compiled_runtime(runtime, say=say), pyodide, ignore=shutil.ignore_patterns(".*"))
    sizes = {path.name: path.stat().st_size for path in pyodide.iterdir() if path.suffix in FETCHED}
    base = f"{assets.name}/"
    files: dict[str, object] = {
        "runtime": {
            "pyodide": f"{pyodide.name}/",
            "bundle": base + packed.name,
            "data": "data/",
            "bytes": sizes | {packed.name: (assets / packed.name).stat().st_size},
        },
        "bokeh": base + "bokeh.min.js",
        "sources": base + "engine.json",
        **{
            view.slug: {name: f"{base}{view.slug}.{ending}" for name, ending in FILES_OF_A_VIEW.items()}
            | {"states": [state | {"file": base + state["file"]} for state in states.get(view.slug, ())]}
            for view in shown
        },
    }
    for page, name in (("index.html", "shell.html"), ("embed.html", "embed.html")):
        (new / page).write_text(render(name, shown, base, files), encoding="utf-8")
    for script in shell.STATIC.glob("convoscope-*.js"):  # other people's pages name the first, so its name stays
        shutil.copy(script, new)
    add_deck(new, say)
    gallery.add_gallery(new)
    add_offline(new)
    (new / ".nojekyll").touch()  # GitHub Pages: hand out the files as they are
    shutil.rmtree(dist, ignore_errors=True)
    new.rename(dist)
    say(f"The site is in {dist} ({sum(file.stat().st_size for file in dist.rglob('*') if file.is_file()) / 1e6:.0f} MB).")
    return dist


def write_assets(folder: Path, shown: list[shell.View]) -> None:
    """All that a page fetches except the bundle: scripts and styles under their paths here, BokehJS, figures, first packets."""
    static = folder / "static"
    for path in shell.page_files():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(shell.ROOT / path, folder / path)
    shutil.copy(shell.STATIC / "icon.svg", static)
    (static / "css" / "tokens.css").write_text(css(), encoding="utf-8")
    (folder / "engine.json").write_text(engine_sources(), encoding="utf-8")
    copy_bokehjs(folder)
    add_gif_encoder(static / "js")
    session = Session()
    for view in shown:
        drawing = shell.drawing_of(view.panels)
        (folder / f"{view.slug}.json").write_text(json.dumps(drawing), encoding="utf-8")
        (folder / f"{view.slug}.blank.html").write_text(blank(view), encoding="utf-8")
        first = session.handle_to_the_end({"view": view.slug, "name": "reset"})
        (folder / f"{view.slug}.packet").write_bytes(first.to_bytes())
        ran = session.handle({"view": view.slug, "name": "ran"})
        (folder / f"{view.slug}.ran.packet").write_bytes(ran.to_bytes())


def render(name: str, shown: list[shell.View], assets: str, files: dict[str, object]) -> str:
    """One page of the static site as text."""
    return shell.template(name).render(
        home="static",
        policy=shell.POLICY,
        views=shown,
        assets=assets,
        modules=shell.modules("static-home.mjs", *(["embed.mjs"] if name == "embed.html" else [])),
        styles=shell.styles(),
        site=shell.site_data("static", shown, **files),
    )


def digest_of(folder: Path) -> str:
    """The first 12 digits of the sha256 of all names and contents in a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
