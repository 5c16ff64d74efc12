"""Try the configurations of docs/hosting.md with the web servers of this machine: python benchmarks/hosts.py [SITE]

Each block is taken out of that page, the folder and the port are put in, the server is started, and what it sends is looked
at: types, encodings, caching. A server that is not installed is named (Debian: apt-get install nginx
libnginx-mod-http-brotli-static apache2 caddy). HOSTS_ROOT=/folder finds packages that were only unpacked there.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from panel_process import free_port

from convoscope.homes.site import DIST

PAGE = Path(__file__).resolve().parent.parent / "docs" / "hosting.md"
ROOT = Path(os.environ.get("HOSTS_ROOT", "/"))
MODULES = ROOT / "usr/lib/apache2/modules"
APACHE_MODULES = ("mpm_event", "authz_core", "dir", "headers", "mime", "rewrite")
PATIENCE = 10  # seconds until a server answers


def block(language: str) -> str:
    """A configuration as the page has it."""
    found = re.search(rf"^```{language}\n(.*?)^```", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    if not found:
        raise SystemExit(f"{PAGE} has no block of {language}")
    return found[1]


def nginx(program: str, site: Path, port: int, folder: Path) -> list[str]:
    """The command for nginx."""
    text = block("nginx").replace("/srv/convoscope", str(site)).replace("listen 80;", f"listen 127.0.0.1:{port};")
    text = text.replace("modules/", f"{ROOT / 'usr/lib/nginx/modules'}/").replace("/etc/nginx", str(ROOT / "etc/nginx"))
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"  {kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    text = text.replace("http {\n", f"http {{\n  access_log off;\n{temporary}", 1)
    (folder / "nginx.conf").write_text(f"daemon off;\nuser root;\npid {folder}/pid;\nerror_log {folder}/errors;\n{text}")
    return [program, "-c", str(folder / "nginx.conf"), "-p", str(folder)]


def caddy(program: str, site: Path, port: int, folder: Path) -> list[str]:
    """The command for Caddy."""
    text = block("caddyfile").replace("/srv/convoscope", str(site)).replace(":80 {", f"http://127.0.0.1:{port} {{")
    (folder / "Caddyfile").write_text("{\n\tadmin off\n}\n" + text)
    return [program, "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


def apache2(program: str, site: Path, port: int, folder: Path) -> list[str]:
    """The command for Apache."""
    loaded = "".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so\n" for name in APACHE_MODULES)
    places = f"PidFile {folder}/pid\nErrorLog {folder}/errors\nTypesConfig /etc/mime.types\n"
    head = f"ServerName localhost\nListen 127.0.0.1:{port}\n{places}"
    text = block("apache").replace("/srv/convoscope", str(site))
    (folder / "apache.conf").write_text(f"ServerRoot {folder}\n{loaded}{head}{text}\nDirectoryIndex index.html\n")
    return [program, "-f", str(folder / "apache.conf"), "-D", "FOREGROUND"]


SERVERS: dict[str, Callable[[str, Path, int, Path], list[str]]] = {"nginx": nginx, "caddy": caddy, "apache2": apache2}


def answer(address: str, accepted: str) -> tuple[int, dict[str, str], int]:
    """Status, headers in small letters, and bytes of the body as they came."""
    request = urllib.request.Request(address, headers={"Accept-Encoding": accepted})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as response:
            return response.status, {name.lower(): value for name, value in response.headers.items()}, len(response.read())
    except urllib.error.HTTPError as error:
        return error.code, {}, 0


def faults(address: str, site: Path) -> Iterator[str]:
    """What is wrong with what a server sends."""
    script = next(site.glob("assets-*/static/js/main.js")).relative_to(site).as_posix()
    program = next(site.glob("pyodide-*/*.wasm")).relative_to(site).as_posix()
    kinds = {script: "javascript", program: "application/wasm", "index.html": "text/html", "slides/": "text/html"}
    for path, kind in kinds.items():
        file = site / path / "index.html" if path.endswith("/") else site / path
        for accepted, ending in (("gzip, br", ".br"), ("gzip", ".gz"), ("identity", "")):
            status, headers, size = answer(address + path, accepted)
            wanted = {".br": "br", ".gz": "gzip", "": None}[ending]
            if status != 200 or kind not in headers.get("content-type", ""):
                yield f"{path} ({accepted}): {status} {headers.get('content-type')}, not {kind}"
            if headers.get("content-encoding") != wanted or size != (file.parent / (file.name + ending)).stat().st_size:
                yield f"{path} ({accepted}): {size} bytes in {headers.get('content-encoding')}, not in {wanted}"
            if "accept-encoding" not in headers.get("vary", "").lower():
                yield f"{path} ({accepted}): Vary is {headers.get('vary')}"
            if ("immutable" in headers.get("cache-control", "")) != path.startswith(("assets-", "pyodide-")):
                yield f"{path}: Cache-Control is {headers.get('cache-control')}"
            if headers.get("access-control-allow-origin") != "*":
                yield f"{path}: sandboxed iframes may not load it"
    status, headers, _ = answer(address + "data/mnist/test-00.gz", "gzip, br")
    if status != 200 or headers.get("content-encoding"):
        yield f"data/mnist/test-00.gz: {status}, Content-Encoding {headers.get('content-encoding')}"
    if answer(address + "nothing.js", "gzip")[0] != 404:
        yield "what is not there is found"


def tried(name: str, site: Path) -> str:
    """What came of trying one server."""
    program = shutil.which(name, path=os.pathsep.join(str(ROOT / place) for place in ("usr/sbin", "usr/bin", "usr/local/bin")))
    if not program:
        return "not installed, not tried"
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        command = SERVERS[name](program, site.resolve(), port, Path(folder))
        with (Path(folder) / "output").open("w") as output:
            process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
            try:
                return _looked_at(f"http://127.0.0.1:{port}/", site, process, Path(folder))
            finally:
                process.terminate()
                process.wait()


def _looked_at(address: str, site: Path, process: subprocess.Popen[bytes], folder: Path) -> str:
    last = time.monotonic() + PATIENCE
    while time.monotonic() < last and process.poll() is None:
        try:
            answer(address, "identity")
        except OSError:
            time.sleep(0.05)
        else:
            return "; ".join(faults(address, site)) or "as the page says"
    said = [file.read_text()[-600:] for file in (folder / "output", folder / "errors") if file.exists()]
    return f"did not start: {' '.join(said)}"


if __name__ == "__main__":
    SITE = Path(sys.argv[1]) if len(sys.argv) > 1 else DIST
    for server in SERVERS:
        print(f"{server}: {tried(server, SITE)}")
