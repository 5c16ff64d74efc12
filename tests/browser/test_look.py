"""Each view looks as it did when it was last looked at: loosely, for shapes and colours, not for pixels.

`pytest tests/browser/test_look.py --renew-baselines` takes new pictures; then open them and judge them.
"""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from convoscope.views.session import LESSONS

BASELINES = Path(__file__).parent / "baselines"
SIZES = {"phone": (360, 740), "slide": (900, 600), "screen": (1280, 800)}
WIDTH = 320  # pixels of a kept picture: letters are grey, panels and colours are what counts
LARGEST_DIFFERENCE = 0.01  # mean over the picture, of the whole range
LARGEST_CHANGED_SHARE = 0.02  # of the pixels that differ by more than a tenth


def small(picture):
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    return image.resize((WIDTH, round(WIDTH * image.height / image.width)), Image.Resampling.BOX)


def difference(one, other):
    """The mean difference of two pictures and the share of pixels that clearly differ, each 0..1."""
    if one.size != other.size:
        return 1.0, 1.0
    apart = abs(np.asarray(one, float) - np.asarray(other, float)).mean(axis=2) / 255
    return apart.mean(), (apart > 0.1).mean()


def looks_like(one, other):
    """What tells two pictures apart, in words; "" if nothing does."""
    mean, changed = difference(one, other)
    alike = mean < LARGEST_DIFFERENCE and changed < LARGEST_CHANGED_SHARE
    return "" if alike else f"mean difference {mean:.3f}, changed share {changed:.3f}"


def settled(page):
    """The picture of a page that is not being painted any more."""
    before, now = None, small(page.screenshot())
    while before != now:
        before, now = now, small(page.screenshot())
    return now


@pytest.mark.parametrize("page", ["index.html", "embed.html"])
@pytest.mark.parametrize("view", LESSONS)
def test_a_view_looks_as_it_did(explorer, request, view, page):
    embed = page == "embed.html"
    explorer.open(f"{page}?view={view}" + ("&hide=controls,caption,title" if embed else ""))
    explorer.page.evaluate("(view) => window.convoscope.views[view].step(4)", view)  # or to its last, if it has fewer
    explorer.page.evaluate("document.fonts.ready")
    for size, (width, height) in SIZES.items():
        explorer.page.set_viewport_size({"width": width, "height": height})
        for theme in ("light", "dark") if embed == (size == "slide") else ():
            explorer.page.emulate_media(color_scheme=theme)
            kept = BASELINES / f"{view}-{theme}-{size}.png"
            if request.config.getoption("--renew-baselines"):
                BASELINES.mkdir(exist_ok=True)
                settled(explorer.page).quantize(256).save(kept, optimize=True)  # of fewer colours, photographs differ
            wanted = Image.open(kept).convert("RGB")
            explorer.becomes(lambda wanted=wanted: looks_like(small(explorer.page.screenshot()), wanted), "")


def test_a_missing_panel_and_a_wrong_theme_are_noticed():
    """The comparison can fail."""
    kept = Image.open(BASELINES / "convolution-light-screen.png").convert("RGB")
    assert difference(kept, kept) == (0, 0)
    assert difference(kept, Image.open(BASELINES / "convolution-dark-screen.png").convert("RGB"))[0] > LARGEST_DIFFERENCE
    without = kept.copy()
    without.paste((246, 247, 249), (70, 34, 150, 130))  # the input panel
    assert max(difference(kept, without)[0] / LARGEST_DIFFERENCE, difference(kept, without)[1] / LARGEST_CHANGED_SHARE) > 1
