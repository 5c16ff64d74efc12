"""With Python in the worker: what the page shows is what CPython computes, for every control and every address."""

import pytest
from playwright.sync_api import expect

from convoscope.views.session import Session

from .comparing import assert_shows


def expected(**settings):
    return Session().handle({"view": "convolution", "name": "settings", "value": settings})


def test_every_control_reaches_the_engine(explorer, page):
    page.get_by_label("Kernel", exact=True).filter(visible=True).select_option("Sobel, left to right")
    expect(page.locator(".view:not([hidden]) .sentence")).to_contain_text("×(−1)")
    page.get_by_role("button", name="More stride").click()
    expect(page.locator(".view:not([hidden]) [data-part=output] .size")).to_have_text("3×3")
    page.get_by_label("Padding", exact=True).filter(visible=True).fill("1")
    page.get_by_label("Padding", exact=True).filter(visible=True).press("Tab")
    expect(page.locator(".view:not([hidden]) [data-part=output] .size")).to_have_text("4×4")
    page.get_by_label("Image", exact=True).filter(visible=True).select_option("MNIST digit")
    expect(page.locator(".view:not([hidden]) [data-part=output] .size")).to_have_text("14×14")
    page.get_by_label("Digit", exact=True).filter(visible=True).fill("60001")
    page.get_by_label("Digit", exact=True).filter(visible=True).press("Enter")
    expect(page.locator(".view:not([hidden]) [data-fact=source]")).to_contain_text("MNIST digit 60,001, labelled 2")
    assert_shows(explorer, kernel="sobel_x", stride=2, padding=1, image="digit", digit=60_001)


def test_a_typed_weight_makes_the_kernel_a_custom_one(explorer, page):
    cell = page.get_by_label("Kernel weights, row 1, column 1").filter(visible=True)
    cell.fill("1/9")
    cell.press("Enter")
    cell.press("Tab")
    expect(page.get_by_label("Kernel", exact=True).filter(visible=True)).to_have_value("custom")
    assert_shows(explorer, weights=[["1/9", 0, 0], [0, 1, 1], [0, 1, 0]])
    page.wait_for_url("**kernel=custom**")


@pytest.mark.parametrize("image", ["astronaut", "brick", "camera", "cat", "coffee", "rocket"])
def test_photographs_convolve(explorer, page, image):
    settings = {"image": image, "kernel": "outline", "padding": 1, "row": 30}
    explorer.set(**settings)
    assert_shows(explorer, **settings)


def test_an_address_shows_its_settings_and_its_step(explorer):
    explorer.open("?kernel=blur&padding=1&step=30")
    assert explorer.state()["step"] == 30
    assert explorer.sentence() == expected(kernel="blur", padding=1).trace.sentences[30]


def test_the_address_of_a_page_brings_the_same_page_back(explorer, page):
    explorer.set(image="digit", digit=42, weights="1,0,-1;0.5,0,0;0,0,1/9", stride=2)
    page.evaluate("window.convoscope.views.convolution.step(17)")
    before = explorer.state(), explorer.sentence(), explorer.data("output_values")
    page.wait_for_url("**step=17")
    explorer.page.goto("about:blank")
    explorer.page.go_back()
    explorer.page.locator(".view:not([hidden]) .sentence", has_text="output[").wait_for()
    explorer.page.evaluate("window.convoscope.ready")
    assert (explorer.state(), explorer.sentence(), explorer.data("output_values")) == before


def test_out_of_range_values_of_an_address_are_brought_back_and_said(explorer):
    explorer.open("?stride=99&image=digit&digit=70000&step=5000&colour=red")
    state = explorer.state()
    assert (state["stride"], state["digit"], state["step"]) == (4, 69_999, 48)
    said = explorer.page.get_by_role("alert")
    expect(said).to_contain_text("The stride must be a whole number from 1 to 4: “99” became 4.")
    expect(said).to_contain_text("“70000” became 69,999")
    expect(said).to_contain_text("The steps go from 0 to 48: showing the last step.")


def test_wishes_made_while_python_works_all_come_true(explorer, page):
    page.evaluate(
        """() => {
            const view = window.convoscope.views.convolution;
            view.set({ image: "digit" });
            view.set({ kernel: "blur" });
            for (let stride = 1; stride <= 3; stride++) view.set({ stride });
            return view.set({ padding: 2 });
        }"""
    )
    state = explorer.state()
    assert state["padding"] == 2
    assert_shows(explorer, **{name: state[name] for name in ("image", "kernel", "stride", "padding", "digit")})


# Notes which figures BokehJS paints, and what it asks the style sheet for meanwhile.
WATCH_PAINTING = """() => {
    Object.assign(window, { painted: new Set(), asked: [] });
    for (const view of Bokeh.index.roots.filter(({ throttled_paint }) => throttled_paint)) {
        const paint = view.paint.bind(view);
        view.paint = () => { painted.add(view.model.name); paint(); };
    }
    const { getPropertyValue } = CSSStyleDeclaration.prototype;
    CSSStyleDeclaration.prototype.getPropertyValue = function (name) {
        if (name.startsWith("--bk-")) asked.push(name);
        return getPropertyValue.call(this, name);
    };
}"""
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def test_a_change_paints_only_the_figures_that_it_changes_and_asks_for_no_style(explorer, page):
    explorer.set(image="digit")
    page.evaluate(TWO_FRAMES)
    page.evaluate(WATCH_PAINTING)
    explorer.set(kernel="blur")
    page.evaluate(TWO_FRAMES)
    painted = set(page.evaluate("[...painted]"))
    assert {"kernel", "output", "products"} <= {name.removeprefix("convolution_") for name in painted}
    assert "convolution_input" not in painted
    assert page.evaluate("asked") == []
    assert_shows(explorer, image="digit", kernel="blur")
    explorer.set(image="lecture")
    page.evaluate(TWO_FRAMES)
    assert "convolution_input" in page.evaluate("[...painted]")
    assert_shows(explorer, image="lecture", kernel="blur")


def test_each_frame_paints_what_came_in_it(explorer, page):
    counts = page.evaluate(
        """async () => {
            const frame = () => new Promise(requestAnimationFrame);
            const { step, state } = window.convoscope.views.convolution;
            const view = Bokeh.index.roots.find(({ model }) => model.name === "convolution_output");
            const counts = [];
            const paint = view.paint.bind(view);
            let painted = 0;
            view.paint = () => { painted += 1; paint(); };
            for (let n = 1; n <= 8; n++) {
                await frame();
                step(n);
                step(n + 9);
                await frame();
                await new Promise((done) => setTimeout(done)); // what else this frame does
                counts.push(painted);
            }
            return counts;
        }"""
    )
    assert counts == [1, 2, 3, 4, 5, 6, 7, 8]
