"""The same events give the same frames, bit for bit, in CPython, in the page's Pyodide, and on the Panel server."""

import base64

import pytest

from convoscope.views.packet import unpack
from convoscope.views.session import LESSONS

from .replay import EVENTS, answers, frames

pytestmark = pytest.mark.usefixtures("own_python")

# Keeps a copy of every packet that the page's worker sends.
LISTEN = """
    const Plain = window.Worker;
    window.packets = [];
    window.Worker = class extends Plain {
        constructor(...words) {
            super(...words);
            const keep = (packet) => window.packets.push(new Uint8Array(packet.slice(0)));
            this.addEventListener("message", ({ data }) => data.packet && keep(data.packet));
        }
    };
"""
WRITE = "btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))"


def assert_same(packet, expected, shown):
    """shown: the page's last trace of each view, of which the packet names only what stays."""
    header, trace = unpack(base64.b64decode(packet), shown.get(expected.view))
    shown[expected.view] = trace or shown.get(expected.view)
    assert header["settings"] == {
        name: [list(row) for row in value] if isinstance(value, tuple) else value for name, value in expected.settings.items()
    }
    assert header["notices"] == list(expected.notices)
    assert header["error"] == expected.error
    assert frames(trace) == frames(expected.trace)


def replay(explorer):
    """Send every event from its own view, and wait for the answer."""
    for view, event in EVENTS:
        if view != explorer.slug:
            explorer.page.get_by_role("link", name=LESSONS[view].TITLE, exact=True).click()
            explorer.page.locator(f"[data-view={view}] .sentence:visible", has_text="output[").wait_for()
            explorer.slug = view
        explorer.set(**event)
        yield


def test_pyodide_shows_what_cpython_computes(explorer):
    explorer.page.add_init_script(LISTEN)
    explorer.open()
    shown = {}
    for _, expected in zip(replay(explorer), answers(), strict=True):
        packet = explorer.page.evaluate(f"(() => {{ const bytes = window.packets.pop(); return {WRITE}; }})()")
        assert_same(packet, expected, shown)


# Bokeh draws nothing of the server's document and so keeps none: the page hands its packets over as they are read.
READ = """(() => {
    const decode = TextDecoder.prototype.decode;
    window.packets = [];
    TextDecoder.prototype.decode = function (bytes) {
        if (bytes?.buffer) window.packets.push(bytes.buffer);
        return decode.apply(this, arguments);
    };
})()"""


def test_panel_shows_what_cpython_computes(panel_explorer):
    panel_explorer.page.add_init_script(READ)
    panel_explorer.open()
    shown = {}
    for _, expected in zip(replay(panel_explorer), answers(), strict=True):
        packet = panel_explorer.page.evaluate(
            f"(() => {{ const bytes = new Uint8Array(window.packets.at(-1)); return {WRITE}; }})()"
        )
        assert_same(packet, expected, shown)


@pytest.mark.parametrize("group", ["static", "steps"])
def test_one_changed_number_is_noticed(group):
    """The comparison itself can fail."""
    trace, other = answers()[0].trace, answers()[0].trace
    assert frames(trace) == frames(other)
    columns = getattr(other, group)["window" if group == "steps" else "kernel"]
    columns["x"] = columns["x"] * 1.0000001 + 1e-7
    assert frames(trace) != frames(other)
