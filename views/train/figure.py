"""How the train view is drawn: the curves, the example digit with what the network makes of it, and the last batch.

In both pictures the present run is solid, the kept one dashed, and a dotted line stands where the weights shown are.
What has no fixed number of parts (layers, samples, the confusion matrix) the page lays out itself, see own.mjs and page/.
"""

from __future__ import annotations

from bokeh.plotting import figure

from ..drawing import Canvas, Layout, Panel
from ..theme import themed
from .drawing import Curves, across, digits

DIGIT = 28  # pixels a side
BATCH = 8  # digits shown of a batch
STRIDE = 30  # from one of them to the next
EDGE = 0.5

LAYOUT = Layout(
    narrow='"loss loss" auto "accuracy accuracy" auto "example_title bars" auto "batch batch" auto / 2fr 3fr',
    wide='"loss loss accuracy" auto "example_title bars batch" auto / 2.2fr 3.3fr 5.5fr',
    around="16rem",
)


def panels() -> list[Panel]:
    """The curves above, the digits below."""
    return [
        Panel("loss", "Loss", "input", loss(), aspect="8 / 5"),
        Panel("accuracy", "Accuracy", "output", accuracy(), aspect="8 / 5"),
        Panel("example_title", "Example", "input", example()),
        Panel("bars", "What it is read as", "output", bars(), aspect="3 / 2"),
        Panel("batch", "Last batch, and what the network saw of it", "kernel", batch(), aspect=f"{BATCH * STRIDE} / {STRIDE}"),
    ]


def loss() -> figure:
    """Every batch as a thin line, their running mean as a thick one."""
    curves = Curves("train_loss", "loss in nats")
    curves.line("train_loss", "raw", "each batch", "muted", width=1, alpha=0.7)
    curves.line("train_loss", "smoothed", "smoothed", "input", width=3)
    curves.line("kept_loss", "smoothed", "kept run", "kernel", kept=True)
    return curves.finish()


def accuracy() -> figure:
    """Digits being learned, digits held back, and the test set with its 95 % interval."""
    curves = Curves("train_accuracy", "read correctly", share=True)
    curves.line("train_accuracy", "training", "training", "input", width=2)
    curves.line("train_accuracy", "validation", "validation", "output", width=3)
    curves.points("train_tests", "test (95 %)", "ink")
    curves.line("kept_accuracy", "validation", "kept validation", "kernel", kept=True)
    curves.points("kept_tests", "kept test", "kernel", kept=True)
    return curves.finish()


def example() -> figure:
    """The digit whose feature maps are shown; the frame is what the network sees of it."""
    canvas = Canvas("train_example")
    across(canvas, -EDGE, DIGIT + EDGE, -EDGE, DIGIT + EDGE)
    digits(canvas, "example_image")
    canvas.outline("example_crop", "kernel", moves=False)
    return canvas.figure


def batch() -> figure:
    """The first digits of the last batch with the places where they were read."""
    canvas = Canvas("train_batch")
    across(canvas, -1, BATCH * STRIDE - 1, -1, DIGIT + 1)
    digits(canvas, "batch_images")
    canvas.outline("batch_crops", "kernel", moves=False, width=2)
    return canvas.figure


def bars() -> figure:
    """The ten probabilities of the example, most easily compared as bars on one line."""
    canvas = Canvas("train_bars")
    across(canvas, -0.6, 9.6, -0.16, 1.16)
    source = canvas.source("example_bars", "digit probability text")
    bar = canvas.figure.vbar("digit", 0.8, "probability", source=source, line_width=1)
    themed(bar.glyph, fill_color="output", line_color="output")
    for text, y, offset, baseline in (("digit", 0, 3, "top"), ("text", "probability", -2, "bottom")):
        words = canvas.figure.text("digit", y, text, source=source, text_align="center", text_baseline=baseline)
        words.glyph.update(text_font={"value": "system-ui"}, text_font_size={"value": "12px"}, y_offset={"value": offset})
        themed(words.glyph, text_color="ink")
    return canvas.figure
