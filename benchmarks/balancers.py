"""The balancer configurations of docs/server.md, tried: two servers behind nginx and behind Caddy, one of which is killed.

    python benchmarks/balancers.py       # with what is installed (Debian: apt-get install nginx-light caddy)

The blocks are taken from the document as they stand there; only addresses, names and TLS are replaced by local ones.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from panel_process import free_port, panel_server
from websocket_page import WebsocketPage

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "server.md"
PAGES = 6
SERVERS = ("10.0.0.11:5006", "10.0.0.12:5006")  # as the document calls them
NGINX = """daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log; events {{}}
http {{ access_log off; client_body_temp_path {folder}; proxy_temp_path {folder}; {more} {block} }}"""
MORE = " ".join(f"{name}_temp_path {{folder}};" for name in ("fastcgi", "uwsgi", "scgi"))
CADDY = "{{\n admin off\n auto_https off\n storage file_system {folder}\n}}\n{block}"


def block_of(name: str) -> str:
    """The indented block below a line `name:` of the document."""
    found = re.search(rf"^{name}:\n\n((?:    .*\n|\n)+)", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise LookupError(f"docs/server.md has no block {name!r}")
    return re.sub("^    ", "", found[1], flags=re.MULTILINE)


def localised(block: str, port: int, servers: list[str]) -> str:
    """The same with this machine's addresses."""
    for old, new in zip(SERVERS, servers, strict=True):
        assert old in block
        block = block.replace(old, new)
    block = block.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};").replace("server_name convoscope.example.org;", "")
    return block.replace("convoscope.example.org {", f"http://127.0.0.1:{port} {{")


@contextlib.contextmanager
def balancer(name: str, path: str, port: int, servers: list[str]) -> Iterator[None]:
    """nginx or Caddy with the document's configuration."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        file = Path(folder) / "config"
        block = localised(block_of(name), port, servers)
        if name == "nginx":
            file.write_text(NGINX.format(folder=folder, block=block, more=MORE.format(folder=folder)))
            command = [path, "-p", folder, "-c", str(file), "-e", f"{folder}/error.log"]
        else:
            file.write_text(CADDY.format(folder=folder, block=block))
            command = [path, "run", "--adapter", "caddyfile", "--config", str(file)]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield
        finally:
            process.terminate()
            process.wait()


async def visit(url: str) -> None:
    """Open a page through the balancer, compute in it; tried again until the balancer is there."""
    async with asyncio.timeout(60):
        while True:
            page = WebsocketPage(url)
            try:
                await page.open()
                break
            except Exception:  # the balancer is starting, or its server is gone and it takes the other one
                await asyncio.sleep(0.5)
        answer = await page.ask("convolution", "kernel", "blur")
        assert answer.header["settings"]["kernel"] == "blur"
        await page.close()


async def visits(url: str) -> None:
    await asyncio.gather(*(visit(url) for _ in range(PAGES)))


def look(name: str, path: str) -> str:
    """Pages through a balancer before two servers, then before the one that is left."""
    port = free_port()
    url, origins = f"http://127.0.0.1:{port}/app", [f"127.0.0.1:{port}"]
    servers = functools.partial(panel_server, origins=origins, options=["--warm", "--use-xheaders"])
    with servers() as first, servers() as second:
        addresses = [address.removeprefix("http://").removesuffix("/app") for address in (first, second)]
        with balancer(name, path, port, addresses):
            asyncio.run(visits(url))
            panel_server.process.kill()  # type: ignore[attr-defined]
            asyncio.run(visits(url))
    return f"{name}: {PAGES} pages before two servers, {PAGES} after one was killed"


def main() -> int:
    found = {name: shutil.which(name.lower()) for name in ("nginx", "Caddy")}
    for name, path in found.items():
        print(look(name, path) if path else f"{name} is not installed", flush=True)
    return int(not any(found.values()))


if __name__ == "__main__":
    sys.exit(main())
