"""A view from Python: own arrays, wrong settings, files, a live server, and the notebooks in examples/."""

import contextlib
import http.client
import json
import re
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest

from convoscope import views
from convoscope.homes import notebook, shared_program
from convoscope.homes.own_arrays import OwnArrays
from convoscope.homes.shared_program import CellRun
from convoscope.homes.single_file import ExportError
from convoscope.views import convolution, rgb
from convoscope.views.session import Session
from convoscope.views.settings import SettingError

ROOT = Path(__file__).resolve().parent.parent.parent


def output_of(settings):
    """What the view shows for settings that hold arrays."""
    update = Session().handle({"view": "convolution", "name": "settings", "value": OwnArrays("convolution", settings).settings})
    assert update.notices == ()
    return update.trace.static["output_values"]["value"]


def test_own_arrays_are_convolved():
    image, kernel = np.arange(20.0).reshape(4, 5), np.array([[1.0, -1.0]])
    np.testing.assert_allclose(output_of({"image": image, "kernel": kernel}), np.full(16, -1.0))


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (np.eye(28), np.eye(28) * 255),
        (np.full((128, 128), 7.2), np.full((128, 128), 7)),
        (np.full((128, 128, 3), [0, 0, 255]), np.full((128, 128), 29)),
    ],
)
def test_drawings_and_pictures_come_through_the_identity_kernel(image, expected):
    found = output_of({"image": image, "kernel": [[1.0]]})
    np.testing.assert_array_equal(np.reshape(found, expected.shape), expected)


@pytest.mark.parametrize("shape", [(13, 13), (23, 40), (28,), (128, 128, 5), (3, 12, 12), (2, 3, 40, 40)])
def test_an_array_that_no_view_takes_is_refused_with_its_shape(shape):
    with pytest.raises(SettingError, match=re.escape(str(shape))):
        convolution.show(image=np.random.default_rng(0).random(shape))


def test_wrong_settings_are_told_when_the_view_is_displayed():
    with pytest.raises(ExportError, match="no setting called colour"):
        convolution.show(colour="red")._repr_html_()
    with pytest.raises(ExportError, match="is not a choice of “Kernel”"):
        convolution.show(kernel="blru").html()


def test_a_view_is_saved_and_displayed_as_one_page(tmp_path):
    view = rgb.show(preset="cs231n", grid={"stride": [1, 2]})
    page = view.save(tmp_path / "rgb.html").read_text()
    assert page.startswith("<!DOCTYPE html")
    assert '"slug": "rgb"' in page
    assert view._repr_html_().startswith('<iframe srcdoc="&lt;!DOCTYPE html')


def test_a_live_view_is_served_with_its_settings_and_stopped():
    view = convolution.show(kernel=np.eye(2), stride=2)
    frame = view.live()
    try:
        asked = dict(parse_qsl(urlsplit(frame.src).query))
        assert asked == {"view": "convolution", "kernel": "custom", "stride": "2", "weights": "1,0;0,1"}
        with urllib.request.urlopen(frame.src) as answer:
            assert b"Convoscope" in answer.read()
        assert "the notebook runs on another machine: give live(proxy=…)" in frame._repr_html_()
    finally:
        view.stop()
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(frame.src)


def test_a_server_that_never_answers_is_stopped_and_that_is_said(monkeypatch):
    monkeypatch.setattr(notebook, "PATIENCE", 0)
    monkeypatch.setattr(notebook, "_answers", lambda port: False)
    view = convolution.show()
    with pytest.raises(OSError, match="gave no answer for 0 seconds and was stopped"):
        view.live()
    assert view._server is None


def test_on_a_hub_a_live_view_goes_through_its_proxy(monkeypatch):
    monkeypatch.setenv(notebook.HUB, "/user/ada/")
    monkeypatch.setattr(notebook, "PROXY", "json")  # any module that is there
    view = convolution.show(stride=2)
    frame = view.live()
    try:
        [port] = re.findall(r"^/user/ada/proxy/(\d+)/app\?view=convolution&stride=2$", frame.src)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/app") as answer:  # what the proxy asks for
            page = answer.read().decode()
        assert not re.search(r'(?:src|href)="(?:/|http)', page)  # every address in it holds below any path
        hub, stranger = "hub.example.org", "https://evil.example"
        assert websocket_status(int(port), hub, f"https://{hub}") == 101
        for origin in (stranger, f"{stranger}/{hub}", f"https://{hub}.evil.example", f"https://{hub}:8443", "null"):
            assert websocket_status(int(port), hub, origin) == 403
    finally:
        view.stop()


def test_on_a_hub_without_a_proxy_one_is_told_what_to_do(monkeypatch):
    monkeypatch.setenv(notebook.HUB, "/user/ada/")
    monkeypatch.setattr(notebook, "PROXY", "no_such_module")
    with pytest.raises(notebook.ProxyError, match=r"pip install jupyter-server-proxy.*or use show\(\)"):
        convolution.show().live()


@pytest.mark.parametrize(
    ("proxy", "address"),
    [
        ("/proxy/{port}/", "/proxy/5/app"),
        ("https://example.org/ports", "https://example.org/ports/5/app"),
        (None, "http://127.0.0.1:5/app"),
    ],
)
def test_another_proxy_is_named_and_without_one_it_is_this_machine(proxy, address, monkeypatch):
    monkeypatch.delenv(notebook.HUB, raising=False)
    way = notebook.server_address(proxy)
    assert way.to(5, "app") == address
    assert bool(way.hint) == (proxy is None)
    assert way.origin == ("example.org" if proxy and proxy.startswith("https:") else notebook.OURSELVES)
    assert way.is_same_origin == (proxy == "/proxy/{port}/")


def test_a_hub_that_tells_its_address_lets_in_that_and_nothing_else(monkeypatch):
    monkeypatch.setenv(notebook.HUB, "/user/ada/")
    monkeypatch.setattr(notebook, "PROXY", "json")
    assert notebook.server_address().is_same_origin
    monkeypatch.setenv("JUPYTERHUB_PUBLIC_HUB_URL", "https://hub.example.org/hub/")
    way = notebook.server_address()
    assert (way.origin, way.is_same_origin) == ("hub.example.org", False)


def websocket_status(port, host, origin):
    """What the server behind a proxy answers to a page that wants to open a websocket: 101 or a refusal."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    headers = {"Host": host, "Origin": origin, "Connection": "Upgrade", "Upgrade": "websocket"}
    headers |= {"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "A" * 22, "Sec-WebSocket-Protocol": "bokeh, token"}
    connection.request("GET", "/app/ws", headers=headers)
    with contextlib.closing(connection), connection.getresponse() as response:
        return response.status


@pytest.mark.parametrize("notebook", sorted((ROOT / "examples").glob("*.ipynb")), ids=lambda path: path.stem)
def test_the_example_notebooks_run(notebook, tmp_path):
    copy = tmp_path / notebook.name
    copy.write_bytes(notebook.read_bytes())
    command = [sys.executable, "-m", "jupyter", "execute", "--inplace", str(copy)]
    subprocess.run(command, check=True, cwd=tmp_path, capture_output=True)
    outputs = [output for cell in json.loads(copy.read_text())["cells"] for output in cell.get("outputs", ())]
    assert [output for output in outputs if output["output_type"] == "error"] == []
    pages = [output["data"]["text/html"] for output in outputs if "text/html" in output.get("data", {})]
    assert len(pages) == 2
    assert all("srcdoc=" in "".join(page) for page in pages)


@pytest.mark.parametrize("slug", views.SLUGS)
def test_every_view_can_be_shown_saved_and_exported(slug, tmp_path):
    view = getattr(views, slug)
    assert view.show().view == slug
    numbers = json.loads(view.export(tmp_path / "step.json", options={"step": -1}).read_text())
    assert numbers["view"] == slug
    assert numbers["step"] == numbers["steps"] - 1


def test_a_saved_view_is_the_page_that_is_shown(tmp_path):
    saved = convolution.save(tmp_path / "blur.html", kernel=[[1.0]], grid={"stride": [1, 2]})
    assert saved == tmp_path / "blur.html"
    assert '"choices": [["1", "1"], ["2", "2"]]' in saved.read_text()


HOLDS, TAKES = "holds the program", "takes the program"


def programs(monkeypatch, runs):
    """Which outputs hold the program. runs: (cell, number of its run, cells deleted since), None if it is not known."""
    monkeypatch.setattr(shared_program, "_holder", None)
    page, found = convolution.show().html(), []
    for run in runs:
        monkeypatch.setattr(shared_program, "_parent", lambda run=run: run and (CellRun(*run[:2]), run[2:]))
        shown = shared_program.shared(page)
        found.append(HOLDS if len(shown) > 0.9 * len(page) else TAKES)
    return found


def test_one_cell_holds_the_program_also_when_it_is_run_anew(monkeypatch):
    runs = [("a", 1), ("a", 1), ("b", 2), ("a", 3), ("b", 4), ("c", 5, "a"), ("b", 6)]
    assert programs(monkeypatch, runs) == [HOLDS, TAKES, TAKES, HOLDS, TAKES, HOLDS, TAKES]


class Kernel:
    """What IPython says inside a notebook."""

    execution_count = 3

    def get_parent(self):
        return {"metadata": {"cellId": "a", "deletedCells": ["b"]}}


def test_jupyter_tells_which_cell_runs(monkeypatch):
    monkeypatch.setattr("IPython.get_ipython", Kernel)
    assert shared_program._parent() == (CellRun("a", 3), ["b"])


def test_where_jupyter_tells_no_cell_each_page_holds_its_own(monkeypatch):
    assert programs(monkeypatch, [None, None]) == [HOLDS, HOLDS]
    assert shared_program._parent.__name__ == "<lambda>"
    monkeypatch.undo()
    assert shared_program._parent() is None  # no IPython runs here
    monkeypatch.setattr(shared_program, "_parent", lambda: (CellRun("a", 1), []))
    assert "data-program=" in convolution.show()._repr_html_()
    assert "data-program=" not in convolution.show().alone()._repr_html_()
