"""Decks of any origin print each view at the step that its slide names, and as a handout; the command makes a PDF of it."""

import re
import subprocess
import sys

from playwright.sync_api import expect

from .conftest import QuietHandler, serving
from .test_deck import NO_PYTHON, START

DECK = """<!DOCTYPE html><title>deck</title><link rel=icon href="data:,"><link rel=stylesheet href="{site}slides/reveal.css">
<style>convoscope-view {{ width: 900px; height: 500px !important }}</style>
<div class=reveal><div class=slides>
<section><h2>Blur</h2><convoscope-view kernel=blur step=5 hide=controls,caption></convoscope-view></section>
<section><h2>RGB</h2><convoscope-view view=rgb hide=controls,caption></convoscope-view></section>
</div></div><script type=module src=start.mjs></script>"""
PRINTED = "All views are drawn: print now."


def test_a_deck_of_another_origin_prints_what_its_slides_name(explorer, tmp_path):
    explorer.expect("was preloaded")
    (tmp_path / "deck.html").write_text(DECK.format(site=explorer.url))
    (tmp_path / "start.mjs").write_text(START.format(site=explorer.url))
    page = explorer.page
    page.add_init_script(NO_PYTHON)
    with serving(tmp_path, QuietHandler) as url:
        address = url.replace("127.0.0.1", "localhost") + "deck.html?print-pdf"
        page.goto(address)
        expect(page.locator(".convoscope-printing")).to_have_text(PRINTED)
        states = page.evaluate("[...document.querySelectorAll('convoscope-view')].map(({ state }) => state)")
        assert [state["step"] for state in states] == [5, 0]
        assert states[0]["sentence"].startswith("output[1, 0]")
        assert states[0]["sentence"].endswith("= 0.5")
        page.goto(f"{address}&steps=3")
        expect(page.locator(".convoscope-printing")).to_have_text(PRINTED)
        images = "[...document.querySelectorAll('section img')]"
        told = page.evaluate(f"{images}.map(({{ alt, width, height }}) => [alt, width, height])")
        assert [alt.split(" = ")[0] for alt, *_ in told] == [
            "output[1, 0]", "output[4, 4]", "output[0, 0, filter 0]", "output[2, 2, filter 0]", "output[2, 2, filter 1]",
        ]  # fmt: skip
        assert min(min(size) for _, *size in told) > 150
        assert page.locator("iframe:visible").count() == 0
        deck, file = address.partition("?")[0], str(tmp_path / "x.pdf")
        command = [sys.executable, "-m", "convoscope.app", "export", "--pdf", deck, file]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert len(re.findall(rb"/Type /Page\b(?!s)", (tmp_path / "x.pdf").read_bytes())) == 2
