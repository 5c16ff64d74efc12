"""The classes view on the real page: examples by button, webcam and file; saved, loaded, read; and what a filter looks for."""

import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

CLASSES, FILTERS = "?view=classes", "?view=filters"


def of(explorer, view, selector):
    return explorer.page.locator(f"[data-view={view}] {selector}")


def picture(path, colour):
    Image.fromarray(np.full((60, 90, 3), colour, np.uint8)).save(path)
    return path


@pytest.mark.usefixtures("own_python")
def test_two_classes_are_taught_by_webcam_and_files_saved_and_loaded(explorer, tmp_path):
    page = explorer.open(CLASSES)
    view = page.locator("[data-view=classes]")
    expect(view.get_by_role("button", name="Remove example 5 of thing, read as animal")).to_be_enabled()
    expect(of(explorer, "classes", ".classes-confusion td")).to_have_text(["5", "0", "1", "4"])
    expect(of(explorer, "classes", ".weights-progress")).to_be_hidden()

    view.get_by_label("Classes", exact=True).fill("film, red")
    view.get_by_label("Classes", exact=True).press("Enter")
    expect(of(explorer, "classes", ".sentence")).to_contain_text("Add at least one example to “film” and to “red”.")
    view.get_by_label("Picture", exact=True).select_option("own")
    view.get_by_role("button", name="Use the webcam").click()
    expect(of(explorer, "classes", "[data-part=input] .size")).to_have_text("Your own picture")
    for _ in range(3):  # quick clicks add up
        view.get_by_role("button", name="Add the picture to film").click()
    expect(view.get_by_role("region", name="Class film")).to_contain_text("3 examples")
    view.get_by_role("button", name="Stop the webcam").click()
    files = [picture(tmp_path / f"{n}.png", (200 + 10 * n, 0, 0)) for n in range(3)]
    view.get_by_label("Files for red").set_input_files(files)
    expect(view.get_by_role("region", name="Class red")).to_contain_text("3 examples")
    expect(of(explorer, "classes", "[data-part=scores] .size")).to_have_text(re.compile("after step 100: film 9"))
    expect(view.get_by_text("Leave-one-out accuracy: 6 of 6")).to_be_visible()

    with page.expect_download() as saved:
        view.get_by_role("button", name="Save as a file").click()
    view.get_by_role("button", name="Remove all examples").click()
    expect(view.get_by_role("region", name="Class red")).to_contain_text("0 examples")
    view.get_by_label("Load saved classes").set_input_files(picture(tmp_path / "no.png", (0, 0, 0)))
    expect(of(explorer, "classes", ".notices")).to_contain_text("choose a file that was saved by this view.")
    view.get_by_label("Load saved classes").set_input_files(saved.value.path())
    expect(of(explorer, "classes", ".notices")).to_have_text("6 examples of film, red were loaded.")
    expect(of(explorer, "classes", "[data-part=scores] .size")).to_have_text(re.compile("after step 100: film 9"))

    view.get_by_role("button", name="Remove example 1 of red").click()
    expect(view.get_by_role("region", name="Class red")).to_contain_text("2 examples")
    rebuilt = page.evaluate("convoscope.views.classes.state().classes")
    assert rebuilt == "film, red"


def test_the_weights_are_those_of_the_step_and_can_be_read_out_by_keys(explorer):
    explorer.slug = "classes"
    page = explorer.open(CLASSES)
    shown = explorer.data("weights")["image"][0]
    page.get_by_role("button", name="First step").click()
    expect(of(explorer, "classes", ".sentence")).to_contain_text("Step 0 of 100")
    assert {value for value in explorer.data("weights")["image"][0] if value == value} == {0}
    assert len(set(shown)) > 100
    plot = of(explorer, "classes", "[data-part=weights] .plot")
    plot.press("ArrowRight")
    expect(of(explorer, "classes", "[data-part=weights] .readout")).to_contain_text("animal, feature 1: weight ≈ 0;")
    plot.press("Shift+ArrowRight")
    plot.press("End")
    readout = of(explorer, "classes", "[data-part=weights] .readout")
    expect(readout).to_contain_text(re.compile(r"^thing, feature 1: weight ≈ −?0\.\d"))


@pytest.mark.usefixtures("own_python")
def test_a_drawing_is_an_example_too(explorer):
    page = explorer.open(f"{CLASSES}&classes=dot,nothing&image=drawing")
    page.get_by_role("button", name="Add the picture to nothing").click()
    box = of(explorer, "classes", "[data-part=input] .plot").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 3, box["y"] + box["height"] / 3)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    explorer.becomes(lambda: len(page.evaluate("convoscope.views.classes.state().drawing")), 196)
    page.get_by_role("button", name="Add the picture to dot").click()
    expect(of(explorer, "classes", "[data-part=scores] .size")).to_have_text(re.compile("after step 100: dot 9"))


@pytest.mark.usefixtures("own_python")
def test_an_ascent_is_watched_stopped_and_goes_on(explorer):
    explorer.slug = "filters"
    page = explorer.open(FILTERS)
    expect(of(explorer, "filters", ".sentence")).to_contain_text("Step 60 of 60")
    explorer.set(network="lenet5", digit_layer="C1", channel=2, updates=300)
    run = of(explorer, "filters", ".filters-run")
    expect(run).to_have_text("Stop")
    run.click()
    expect(run).to_have_text(re.compile("Go on|Start again"))
    if run.text_content() == "Go on":
        run.click()
    done = "The ascent is done. 300 of 300 steps, 400 digits looked through."
    expect(of(explorer, "filters", ".filters-status")).to_contain_text(done)
    explorer.becomes(lambda: explorer.state()["steps"], 7)
    film = of(explorer, "filters", "[data-part=ascent] .size")
    expect(film).to_have_text("step 300 of 300")
    last = explorer.data("ascent")["image"]
    page.get_by_role("button", name="First step").click()
    expect(of(explorer, "filters", ".sentence")).to_contain_text("Step 0 of 300: noise.")
    assert explorer.data("ascent")["image"] != last


@pytest.mark.usefixtures("own_python")
def test_the_card_of_a_digits_unit_opens_what_its_channel_looks_for(explorer):
    page = explorer.open("?view=network&unit=C3[7,1,1]")
    page.get_by_role("button", name="What does this channel look for?").click()
    expect(of(explorer, "filters", "[data-part=ascent] .size")).to_have_text("step 60 of 60")
    expect(of(explorer, "filters", ".sentence")).to_contain_text("of C3[7] is")
