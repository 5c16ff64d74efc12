"""Every control of a view, found by its name and used as a person would, sets its setting in the session."""

import io

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from convoscope.views.session import LESSONS
from convoscope.views.settings import table

SLUGS = ("convolution", "downsampling", "rgb")
UNFOLD = "for (const fold of document.querySelectorAll('.view:not([hidden]) .controls details')) fold.open = true"


class Driver:
    """Uses the controls of one view. Every page is loaded once, for all of them."""

    def __init__(self, explorer, slug):
        explorer.slug = slug
        self.page = explorer.open(f"?view={slug}")
        self.page.evaluate(UNFOLD)
        self.explorer = explorer
        self.view = self.page.locator(".view:not([hidden])")
        self.rows = {row["name"]: row for row in table(LESSONS[slug].Settings)}

    def reset(self):
        """Back to the defaults, in one go."""
        self.explorer.set(**{name: row["default"] for name, row in self.rows.items()})

    def bring_up(self, row):
        """Make the choices that show a control, by their own controls."""
        name, values = row.get("shown_when", (None, ()))
        if name is None:
            return
        self.bring_up(self.rows[name])
        if self.explorer.state()[name] not in values:
            field = self.field(self.rows[name])
            field.set_checked(values[0]) if self.rows[name]["kind"] == "flag" else field.select_option(values[0])
            self.explorer.becomes(lambda: self.explorer.state()[name], values[0])
        expect(self.field(row)).to_be_visible()

    def field(self, row):
        """What has this setting's label as its name: for a matrix, one of its cells."""
        name = f"{row['label']}, row 1, column 1" if row["kind"] == "matrix" else row["label"]
        return self.view.get_by_label(name, exact=True)

    def drive(self, row):
        """Use a control; what its setting must become."""
        field, now = self.field(row), self.explorer.state()[row["name"]]
        match row["kind"]:
            case "choice":
                value = next(value for _, value in row["choices"] if value != now)
                field.select_option(value)
            case "flag":
                value = not now
                field.set_checked(value)
            case "integer" | "number":
                value = now + (1 if row["kind"] == "integer" else 0.5)
                value = value if value <= row["bounds"][1] else row["bounds"][0]
                value = 3 if row["name"] == "groups" else value  # the divisors of three channels
                field.fill(str(value))
                field.press("Enter")
            case "matrix":
                value = [[now[0][0] + 0.5, *now[0][1:]], *now[1:]]
                field.fill(str(value[0][0]))
                field.press("Tab")
            case "drawing":
                self.view.locator("[data-part=input] .plot").click()
                self.explorer.becomes(lambda: self.explorer.state()[row["name"]] != "", True)
                value = ""
                field.click()
            case "picture":
                value = "A" * (row["side"] ** 2 * 4)  # its square in base64, black too
                field.set_input_files({"name": "mine.png", "mimeType": "image/png", "buffer": PICTURE})
            case kind:
                raise AssertionError(f"nobody has said how to use a control of the kind {kind}")
        return value


def black_picture(side=128):
    buffer = io.BytesIO()
    Image.fromarray(np.zeros((side, side, 3), np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


PICTURE = black_picture()
NEEDS = {"output_padding": {"stride": 2}}  # it is less than the stride


@pytest.mark.parametrize("slug", SLUGS)
def test_every_control_sets_its_setting(explorer, slug):
    driver = Driver(explorer, slug)
    for name, row in driver.rows.items():
        if row["kind"] == "none":
            continue
        driver.reset()
        if name in NEEDS:
            explorer.set(**NEEDS[name])
        driver.bring_up(row)
        wanted = driver.drive(row)
        explorer.becomes(lambda name=name: {name: explorer.state()[name]}, {name: wanted})


def test_typing_is_kept_until_it_is_handed_in_and_no_longer(explorer):
    driver = Driver(explorer, "convolution")
    field = driver.field(driver.rows["stride"])
    field.fill("3")
    explorer.set(stride=2)
    expect(field).to_have_value("3")
    field.fill("1")  # what stood there before it was typed in: the browser reports no change
    driver.view.get_by_label("Padding", exact=True).focus()
    expect(field).to_have_value("2")
    explorer.set(stride=4)
    expect(field).to_have_value("4")
