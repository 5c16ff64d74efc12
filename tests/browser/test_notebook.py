"""The example notebook, executed and opened as a page of its outputs: the views in it play, with the network off."""

import json
import subprocess
import sys

from playwright.sync_api import expect

from convoscope.homes import shared_program
from convoscope.homes.shared_program import CellRun
from convoscope.views import convolution, detective, rgb

from .conftest import ROOT, QuietHandler, serving

PAGE = '<!DOCTYPE html><title>notebook</title><link rel=icon href="data:,"><body>{}</body>'


def outputs_of(notebook):
    """The HTML that its cells have put out, one after the other, as a notebook page shows them."""
    outputs = [output for cell in json.loads(notebook.read_text())["cells"] for output in cell.get("outputs", ())]
    return ["".join(output["data"]["text/html"]) for output in outputs if "text/html" in output.get("data", {})]


def test_the_views_of_an_executed_notebook_play(explorer, tmp_path):
    notebook = tmp_path / "convolution.ipynb"
    notebook.write_bytes((ROOT / "examples" / notebook.name).read_bytes())
    command = [sys.executable, "-m", "jupyter", "execute", "--inplace", str(notebook)]
    subprocess.run(command, check=True, cwd=tmp_path, capture_output=True)
    outputs = outputs_of(notebook)
    page = tmp_path / "notebook.html"
    page.write_text(PAGE.format("\n".join(outputs)), "utf-8")
    explorer.expect("foreign request: file:")
    explorer.page.context.set_offline(True)
    explorer.page.goto(page.as_uri())
    for n in range(len(outputs)):
        frame = explorer.page.frame_locator(f"iframe >> nth={n}")
        sentence = frame.locator(".view:not([hidden]) .sentence")
        expect(sentence).to_contain_text("output[0, 0] =")
        frame.get_by_role("button", name="Play", exact=True).click()
        expect(sentence).not_to_contain_text("output[0, 0]")
        frame.get_by_role("button", name="Last step").click()
        frame.get_by_role("button", name="Step back").click()
        expect(sentence).to_contain_text("output[")


def shown_in(monkeypatch, cells):
    """What Jupyter shows of views in cells, given as (cell, view)."""
    monkeypatch.setattr(shared_program, "_holder", None)
    outputs = []
    for cell, view in cells:
        monkeypatch.setattr(shared_program, "_parent", lambda cell=cell: (CellRun(cell, 1), []))
        outputs.append(view._repr_html_())
    return outputs


def test_the_cells_of_a_notebook_share_one_program(explorer, tmp_path, monkeypatch):
    """In whatever order they come; where nobody holds it, the others say what to do."""
    cells = ("a", convolution.show(stride=2)), ("b", rgb.show()), ("c", detective.show())
    holder, second, third = shown_in(monkeypatch, cells)
    assert len(second) + len(third) < 0.5 * len(holder)
    page, file = explorer.page, tmp_path / "index.html"
    with serving(tmp_path, QuietHandler) as url:
        for address in (url, file.as_uri()):
            explorer.expect("foreign request: file:")
            file.write_text(PAGE.format(second), "utf-8")
            page.goto(address)
            words = page.frame_locator("iframe").locator(".python .words")
            expect(words).to_contain_text("takes its program from the first view of this notebook", timeout=15_000)
            file.write_text(PAGE.format("\n".join([second, holder, third])), "utf-8")
            page.goto(address)
            for n in range(3):
                frame = page.frame_locator(f"iframe >> nth={n}")
                expect(frame.locator(".view:not([hidden]) .sentence")).to_contain_text("=")
                frame.get_by_role("button", name="Step forward").click()


def test_where_frames_may_not_share_it_is_said(explorer, tmp_path, monkeypatch):
    _, second = shown_in(monkeypatch, [("a", convolution.show()), ("b", convolution.show())])
    (tmp_path / "index.html").write_text(PAGE.format(second.replace("<iframe ", '<iframe sandbox="allow-scripts" ')), "utf-8")
    with serving(tmp_path, QuietHandler) as url:
        explorer.page.goto(url)
        words = explorer.page.frame_locator("iframe").locator(".python .words")
        expect(words).to_contain_text("may not share a program: end the cell with .alone()")
