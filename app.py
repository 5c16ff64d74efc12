"""The entry point: `panel serve app.py` shows the views on a server, `convoscope` is the command line."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent


class Static:
    """The files that the Panel server may hand out to browsers, listed as Panel wants them (relative to this file)."""

    _resources = {  # noqa: RUF012  (read only)
        "page": [
            path.relative_to(ROOT).as_posix()
            for pattern in ("static/**/*.*", "views/*/own.*", "views/*/card.css", "views/*/page/*.mjs")
            for path in sorted(ROOT.glob(pattern))
            if path.suffix != ".html"
        ]
    }


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status, 1 with a sentence if something could not be done."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["export"]:  # which reads all of its options itself: argparse would take --pdf and --help for its own
        arguments = ["export", "--", *arguments[1:]]
    options = command_line().parse_args(arguments)
    try:
        return int(options.run(options) or 0)
    except (OSError, RuntimeError) as error:
        print(f"convoscope: {error}", file=sys.stderr)
        return 1


def command_line() -> argparse.ArgumentParser:
    """The commands and their options."""
    parser = argparse.ArgumentParser(prog="convoscope", description="A visual explorer of convolutional networks.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name: str, run: object, explanation: str) -> argparse.ArgumentParser:
        made = commands.add_parser(name, help=explanation, description=explanation)
        made.set_defaults(run=run)
        return made

    command("vendor", vendor, "Collect the Python runtime for the browser and check every byte of it.")
    building = command("build", build, "Build the static site.")
    building.add_argument("--dist", type=Path, help="where to (default: dist)")
    told = "a page whose embeds of this site are to show their pictures at once, before Python is there; may be given again"
    building.add_argument("--precompute", type=Path, metavar="FILE", action="append", default=[], help=told)
    serving = command("serve", serve, "Serve the built site on this machine.")
    serving.add_argument("--dist", type=Path, help="the built site (default: dist)")
    serving.add_argument("--port", type=int, default=8000, help="default: 8000")
    reading = command("read", read, "Say which of a thousand things a photograph shows.")
    reading.add_argument("picture", type=Path, help="a PNG, JPEG or WebP file")
    reading.add_argument("--network", choices=("squeezenet", "alexnet"), default="squeezenet", help="alexnet: random weights")
    reading.add_argument("--seed", type=int, default=0, help="of AlexNet's weights (default: 0)")
    sweeping = command("sweep", sweep, "Train with every combination of some settings, on a Dask cluster.")
    sweeping.add_argument("view", choices=["train"], help="what is to be done with each combination")
    sweeping.add_argument("grid", nargs="*", metavar="SETTING=VALUES", help="such as learning_rate=0.1,0.01 seed=0:5")
    sweeping.add_argument("--batches", type=int, default=1000, help="of each run (default: 1000)")
    sweeping.add_argument("--out", type=Path, default=Path("sweep"), help="where to (default: sweep)")
    told = "Write a view as one page, a picture, a film, LaTeX, a program or numbers; --pdf DECK: print a deck of views."
    exporting = command("export", export, told)
    exporting.add_argument("what", nargs=argparse.REMAINDER, help="`convoscope export --help` says more")
    return parser


def vendor(options: argparse.Namespace) -> None:
    """convoscope vendor"""
    from convoscope.homes import deck, gif_encoder
    from convoscope.homes.vendor import vendor as collect

    print(f"The runtime is in {collect()}, reveal.js in {deck.vendor()}, gifenc in {gif_encoder.vendor()}.")


def read(options: argparse.Namespace) -> None:
    """convoscope read"""
    from convoscope.homes.photo_file import read as read_picture
    from convoscope.homes.photo_file import run_alexnet

    if options.network == "alexnet":
        for line in run_alexnet(options.picture, options.seed):
            print(line, flush=True)
        return
    print(read_picture(options.picture))


def sweep(options: argparse.Namespace) -> None:
    """convoscope sweep"""
    from convoscope.homes.sweep import sweep as run

    run(options.grid, options.out, max(1, options.batches))


def export(options: argparse.Namespace) -> None:
    """convoscope export"""
    from convoscope.homes.export import run

    run(options.what)


def build(options: argparse.Namespace) -> None:
    """convoscope build"""
    from convoscope.homes import site

    site.build(options.dist or site.DIST, precompute=options.precompute)


def serve(options: argparse.Namespace) -> None:
    """convoscope serve"""
    from convoscope.homes.server import make_server
    from convoscope.homes.site import DIST

    dist = options.dist or DIST
    if not (dist / "index.html").exists():
        raise RuntimeError(f"there is no built site in {dist}; run `convoscope build` (or `make site`) first")
    try:
        server = make_server(dist, options.port)
    except OSError as error:
        raise RuntimeError(f"port {options.port} cannot be used ({error.strerror}); try another, such as PORT=8001") from None
    print(f"Convoscope is at http://127.0.0.1:{server.server_address[1]}/  (Ctrl+C stops it)", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        print()
    finally:
        server.server_close()


if __name__.startswith("bokeh_app_"):  # `panel serve app.py` runs this file once for every session
    from convoscope.homes.panel_server import serve_session

    serve_session()
elif __name__ == "__main__":
    sys.exit(main())
