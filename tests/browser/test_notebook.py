"""The example notebook, executed and opened as a page of its outputs: the views in it play, with the network off."""

import json
import subprocess
import sys

from playwright.sync_api import expect

from .conftest import ROOT

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
