"""What stands where on a page and how large its letters are, in pixels: the texts of figures and those of the page alike."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

Text = dict[str, Any]
TOUCHING = 1.5  # pixels by which boxes of texts may overlap: they are higher and wider than the ink

TEXTS = (Path(__file__).parent / "legibility.js").read_text()
# How much of the frame beside what is told is drawn on, as a share: figures, and panels that hold more than a figure.
FILLED = """() => {
    const view = document.querySelector(".view:not([hidden])");
    const area = (element) => element.getBoundingClientRect().width * element.getBoundingClientRect().height;
    const panels = [...view.querySelectorAll(".stage > *")].filter(({ offsetWidth }) => offsetWidth);
    const drawn = panels.map((panel) => area(panel.querySelector(".tools, table") ? panel : panel.querySelector(".plot")));
    return drawn.reduce((sum, one) => sum + one, 0) / (innerWidth * innerHeight - area(view.querySelector(".telling")));
}"""


def texts(page: Page) -> list[Text]:
    """Every text that can be seen."""
    found: list[Text] = page.evaluate(TEXTS)
    return [text for text in found if _meets(text["box"], text["room"])]


def too_small(page: Page, least: float) -> list[tuple[str, str, float]]:
    """Texts whose letters are lower than that many pixels, one of each kind."""
    found = {text["where"]: text for text in texts(page) if text["size"] < least - 0.05}
    return [(where, text["text"], text["size"]) for where, text in found.items()]


def unclear(page: Page) -> list[str]:
    """What lies over another text of the same figure, and what runs out of its figure or its box."""
    found = texts(page)
    drawn = [text for text in found if not text.get("isOnPage")]
    cut = [text for text in found if _is_cut(text) and text["where"] != "sentence"]  # it scrolls to its end
    return [*_over_each_other(drawn), *(f"{text['where']} {text['text']} is cut" for text in cut)]


def _over_each_other(drawn: list[Text]) -> Iterator[str]:
    for one, other in combinations(drawn, 2):
        if one["room"] == other["room"] and _meets(one["box"], other["box"]):
            yield f"{one['where']} {one['text']} lies over {other['where']} {other['text']}"


def _is_cut(text: Text) -> bool:
    (left, top, right, bottom), room = text["box"], text["room"]
    spare = 3 * TOUCHING if text.get("isOnPage") else TOUCHING
    return left < room[0] - spare or top < room[1] - spare or right > room[2] + spare or bottom > room[3] + spare


def _meets(one: list[float], other: list[float]) -> bool:
    return all(min(one[n + 2], other[n + 2]) - max(one[n], other[n]) > TOUCHING for n in (0, 1))
