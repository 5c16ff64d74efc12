"""Build the static site: every page, figure, first trace and byte of runtime that a web server needs to hand out.

All URLs are relative, so the site works under any path. Everything that changes between versions lies in one folder
named by its content: a page can never mix the scripts of two versions. Modules end in .js there, because plain web servers
call .mjs a text or a download, which no browser runs.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

from ..views.session import Session
from ..views.theme import css
from . import gallery, shell
from .archives import START, write_archives
from .compressing import compress, sizes_of
from .deck import add_deck
from .gif_encoder import add_gif_encoder
from .listing import engine_sources
from .offline import add_offline
from .single_file import blank
from .states import write_states
from .vendor import FOLDER as RUNTIME
from .vendor import IS_CHECKOUT, PROGRAM, PYODIDE_VERSION, copy_bokehjs, ensure, write_program

DIST = (shell.ROOT if IS_CHECKOUT else Path()) / "dist"
FILES_OF_A_VIEW = {"figures": "json", "first": "packet", "blank": "blank.html", "ran": "ran.packet"}
MODULE = re.compile(r"""\.mjs(?=["'`])""")  # the end of a module's name in a script or a page


def build(
    dist: Path = DIST, runtime: Path = RUNTIME, say: Callable[[str], None] = print, precompute: Sequence[Path] = ()
) -> Path:
    """Write the whole site into `dist` and return it. The old site is replaced only when the new one is complete.

    precompute: pages of other people, whose embeds of this site show their pictures before Python is there, as the deck's do.
    """
    ensure(runtime, say)
    new = dist.with_name(f".{dist.name}.new")
    shutil.rmtree(new, ignore_errors=True)
    shown = shell.views()
    assets = new / "assets"
    write_assets(assets, shown, say)
    pages = [shell.STATIC / "slides" / "index.html", *precompute]
    states = write_states(assets, [*(page.read_text("utf-8") for page in pages), gallery.page()], say)
    write_archives(assets, runtime, say=say)
    assets = assets.rename(new / f"assets-{digest_of(assets)}")
    shutil.copytree(shell.STATIC / "data", new / "data")
    pyodide = write_program(runtime, new / f"pyodide-{PYODIDE_VERSION}")
    base = f"{assets.name}/"
    files: dict[str, object] = {
        "runtime": {
            "pyodide": f"{pyodide.name}/",
            "start": base + START,
            "archives": base,
            "data": "data/",
            "bytes": {path.name: sizes_of(path) for path in (pyodide / PROGRAM, assets / START)},
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
    name_modules(new)
    compress(new, say)
    add_offline(new)
    (new / ".nojekyll").touch()  # GitHub Pages: hand out the files as they are
    shutil.rmtree(dist, ignore_errors=True)
    new.rename(dist)
    say(f"The site is in {dist} ({sum(file.stat().st_size for file in dist.rglob('*') if file.is_file()) / 1e6:.0f} MB).")
    return dist


def write_assets(folder: Path, shown: list[shell.View], say: Callable[[str], None]) -> None:
    """All that a page fetches but Python: scripts and styles under their paths here, BokehJS, figures, first packets."""
    static = folder / "static"
    for path in shell.page_files():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(shell.ROOT / path, folder / path)
    shutil.copy(shell.STATIC / "icon.svg", static)
    (static / "css" / "tokens.css").write_text(css(), encoding="utf-8")
    (folder / "engine.json").write_text(engine_sources(), encoding="utf-8")
    copy_bokehjs(folder)
    add_gif_encoder(static / "js", say)
    session = Session()
    for view in shown:
        drawing = shell.drawing_of(view.panels)
        (folder / f"{view.slug}.json").write_text(json.dumps(drawing), encoding="utf-8")
        (folder / f"{view.slug}.blank.html").write_text(blank(view), encoding="utf-8")
        first = session.handle_to_the_end({"view": view.slug, "name": "reset"})
        (folder / f"{view.slug}.packet").write_bytes(first.to_bytes())
        ran = session.handle({"view": view.slug, "name": "ran"})
        (folder / f"{view.slug}.ran.packet").write_bytes(ran.to_bytes())


def name_modules(site: Path) -> None:
    """Let all modules end in .js, and call them so wherever a script or a page names one."""
    scripts = [path for pattern in ("*.mjs", "*.js", "*.html") for path in site.rglob(pattern)]
    for path in scripts:
        named = path.with_suffix(".js") if path.suffix == ".mjs" else path
        if named != path and named.exists():
            raise RuntimeError(f"{path.name} and {named.name} would have the same name in the site; rename one of them")
        if path.name.endswith(f".{FILES_OF_A_VIEW['blank']}"):
            continue  # a page in one file, in which modules have names of their own
        path.write_text(MODULE.sub(".js", path.read_text("utf-8")), encoding="utf-8")
        path.rename(named)


def render(name: str, shown: list[shell.View], assets: str, files: dict[str, object]) -> str:
    """One page of the static site as text."""
    return shell.template(name).render(
        home="static",
        policy=shell.POLICY,
        is_explorer=name == "shell.html",  # an embed may never need Python
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
