"""A Panel server in a process of its own, for tests and measurements: `panel serve app.py`, perhaps with something planted."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextlib.contextmanager
def panel_server(
    env: Mapping[str, str] | None = None, plant: str = "", root: Path = ROOT, port: int = 0, origins: Sequence[str] = (),
    options: Sequence[str] = (),
) -> Iterator[str]:  # fmt: skip
    """`panel serve app.py` of the project in root, as long as the block lasts; gives the page's address.

    plant: a program before it. port: a free one by default. origins: under which other names the page may be opened.
    """
    port = port or free_port()
    program = f"import sys; sys.argv[0] = 'panel'; {plant or 'pass'}; from panel.command import main; main()"
    command = [sys.executable, "-c", program, "serve", str(root / "app.py"), "--port", str(port), "--address", "127.0.0.1"]
    command += ["--allow-websocket-origin", f"127.0.0.1:{port}", "--websocket-max-message-size", "1048576", *options]
    command += [word for origin in origins for word in ("--allow-websocket-origin", origin)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env, cwd="/", start_new_session=True
    ) as server:
        assert server.stdout is not None
        reader = threading.Thread(target=server.stdout.read)  # so that the server never waits for a reader
        try:
            said: list[str] = []
            while "app running at" not in "".join(said[-1:]):
                said.append(server.stdout.readline())
                assert said[-1], "the Panel server did not start: " + "".join(said)
            reader.start()
            panel_server.process = server  # type: ignore[attr-defined]
            yield f"http://127.0.0.1:{port}/app"
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGTERM)  # with --num-procs it has children
            server.wait()
            if reader.is_alive():
                reader.join()
