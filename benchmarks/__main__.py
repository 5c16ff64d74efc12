"""Every benchmark, one after the other, into one page: docs/benchmarks.md, from which the README takes its tables.

    make bench                         # about a quarter of an hour; other work on the machine spoils it
    python benchmarks page embeds      # only these; the others keep what was measured before
    python benchmarks --peers          # first installs what is compared with: PyTorch into .peers (git-ignored)

Each program can be run alone and prints what stands in its section. Nothing is asserted.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import runpy
import subprocess
import sys
from datetime import date
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PAGE = ROOT / "docs" / "benchmarks.md"
PEERS = ROOT / ".peers"
TORCH = "torch==2.13.0"
PROGRAMS = {  # section: what is run
    "page": ["page.py"],
    "photo": ["photo.py"],
    "embeds": ["embeds.py"],
    "train_page": ["train_page.py"],
    "engine": ["engine.py"],
    "browser_training": ["browser_training"],
}
HEAD = """# Benchmarks

Written by `make bench` (`benchmarks/__main__.py`); a section is what that program printed. Medians unless said otherwise.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Run the benchmarks and write docs/benchmarks.md.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which: {', '.join(PROGRAMS)} (default: all)")
    parser.add_argument("--peers", action="store_true", help="install what is compared with first")
    options = parser.parse_args()
    names = options.names or list(PROGRAMS)
    if unknown := [name for name in names if name not in PROGRAMS]:
        parser.error(f"there is no benchmark {unknown[0]!r}; there are {', '.join(PROGRAMS)}")
    if options.peers and not (PEERS / "torch").is_dir():
        subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--target", str(PEERS), TORCH], check=True)
    sections = read_sections(PAGE.read_text("utf-8")) if PAGE.exists() else {}
    for name in names:
        sections[name] = measured(PROGRAMS[name])
        print(f"## {name}\n\n{sections[name]}\n", flush=True)
        ordered = {name: sections[name] for name in PROGRAMS if name in sections}
        PAGE.write_text("\n".join([HEAD, *(f"## {name}\n\n{text}\n" for name, text in ordered.items())]), encoding="utf-8")
    runpy.run_path(str(ROOT / "scripts" / "renew_readme.py"), run_name="__main__")


def measured(program: list[str]) -> str:
    """What the program prints, below a line that says where and when; an error's last line where it fails."""
    load = os.getloadavg()[0]
    run = subprocess.run([sys.executable, str(HERE / program[0]), *program[1:]], capture_output=True, text=True)
    text = run.stdout.strip() if run.returncode == 0 else f"Not measured: {run.stderr.strip().splitlines()[-1]}"
    return f"{machine()}, {date.today()}, load {load:.1f} before.\n\n{text}"


def machine() -> str:
    """The processor as it names itself, the number of cores, Python."""
    info = Path("/proc/cpuinfo")
    models = re.findall(r"model name\s*: (.*)", info.read_text()) if info.exists() else []
    return f"{models[0] if models else platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def read_sections(text: str) -> dict[str, str]:
    """The page -> {section: its text}."""
    parts = re.split(r"^## (\w+)\n", text, flags=re.MULTILINE)[1:]
    return {name: body.strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}


if __name__ == "__main__":
    main()
