"""Predict, then reveal: what is hidden stays hidden until it is typed, and feedback says where it goes wrong."""

import re

import pytest
from playwright.sync_api import expect

from convoscope.views.session import LESSONS, Session

WITH_QUIZ = {slug for slug, lesson in LESSONS.items() if hasattr(lesson, "exercise")}
HOSTILE = "<img src=x onerror=alert(1)>"
PRODUCTS = ["0", "0", "0", "0", "1", "1", "0", "1", "0"]  # of the lecture's example at step 0, whose sum is 3


def view_of(page):
    return page.get_by_role("region", name="Convolution", exact=True)


def sentence(page):
    return page.locator(".view:not([hidden]) .sentence")


def product(page, row, column):
    return page.get_by_role("textbox", name=f"Product, row {row}, column {column}", exact=True)


def value(page):
    return page.get_by_role("textbox", name=re.compile(r"^Value of output\["))


def press(page, name):
    page.get_by_role("button", name=name, exact=True).filter(visible=True).click()


def feedback(page):
    return page.get_by_role("form", name="Your prediction").locator("[aria-live]")


@pytest.fixture
def quiz(explorer):
    """The lecture's example to be predicted, without Python: the comparison needs none."""
    explorer.hold_python()
    page = explorer.open(ready=False)
    press(page, "Predict, then reveal")
    return page


def exercise(seed):
    return Session().handle({"view": "convolution", "name": "exercise", "value": seed})


def test_nothing_gives_the_value_away_before_it_is_typed(quiz):
    expect(sentence(quiz)).to_have_text("output[0, 0] = ?")
    expect(view_of(quiz).get_by_role("status")).to_have_count(1)
    expect(quiz.get_by_role("button", name="Predict, then reveal")).to_have_attribute("aria-pressed", "true")
    expect(product(quiz, 1, 1)).to_be_focused()
    quiz.get_by_text("The numbers as tables").filter(visible=True).click()
    output = quiz.get_by_role("table", name="Output")
    expect(output.get_by_role("cell", name="?", exact=True)).to_have_count(25)
    expect(quiz.locator(".view:not([hidden]) [data-part=output] .veil")).to_have_count(1)
    expect(quiz.locator(".view:not([hidden]) [data-part=products] .veil")).to_have_count(1)
    expect(quiz.locator(".view:not([hidden]) [data-part=sums]")).to_be_hidden()
    plot = quiz.locator(".view:not([hidden]) [data-part=output] .plot")
    plot.hover(position={"x": 20, "y": 20})
    expect(quiz.locator(".view:not([hidden]) [data-part=output] .readout")).to_have_text("[0, 0] = ? (yours to predict)")
    expect(sentence(quiz)).to_have_text("output[0, 0] = ?")


def test_the_right_value_reveals_the_cell_and_the_next_one_is_asked(quiz):
    value(quiz).fill("3")
    value(quiz).press("Enter")
    expect(feedback(quiz)).to_have_text("Right.")
    expect(sentence(quiz)).to_contain_text("= 3")
    expect(quiz.locator(".veil")).to_have_count(0)
    expect(quiz.get_by_role("button", name="Next cell")).to_be_focused()
    quiz.keyboard.press("Enter")
    expect(sentence(quiz)).to_have_text("output[0, 1] = ?")
    expect(quiz.get_by_text("1 right.")).to_be_visible()
    press(quiz, "Step back")
    expect(sentence(quiz)).to_contain_text("= 3")


def test_the_first_wrong_product_is_named(quiz):
    for n, text in enumerate(["0", "1", "0", "0", "1", "5"]):
        product(quiz, n // 3 + 1, n % 3 + 1).fill(text)
    value(quiz).fill("3")
    press(quiz, "Check")
    expect(feedback(quiz)).to_have_text("Row 1, column 2: 0×0 is not 1.")
    expect(product(quiz, 1, 2)).to_be_focused()
    expect(product(quiz, 1, 2)).to_have_attribute("aria-invalid", "true")
    quiz.keyboard.type("0")
    expect(product(quiz, 1, 2)).not_to_have_attribute("aria-invalid", "true")
    quiz.keyboard.press("Enter")
    expect(feedback(quiz)).to_have_text("Row 2, column 3: 1×1 is not 5.")
    expect(sentence(quiz)).to_have_text("output[0, 0] = ?")


def test_the_products_are_told_only_after_a_second_wrong_sum(quiz):
    value(quiz).fill("4")
    press(quiz, "Check")
    expect(feedback(quiz)).to_have_text(
        "4 is not right. Fill in the products to see where it goes wrong, or try once more."
    )
    value(quiz).fill("5")
    press(quiz, "Check")
    expect(feedback(quiz)).to_have_text(
        "5 is not right either. The products are 0, 0, 0, 0, 1, 1, 0, 1, 0: add them again."
    )


def test_products_first_then_the_sum(quiz):
    for n, text in enumerate(PRODUCTS):
        product(quiz, n // 3 + 1, n % 3 + 1).fill(text)
    press(quiz, "Check")
    expect(feedback(quiz)).to_have_text("All products are right. Now add them up.")
    expect(value(quiz)).to_be_focused()
    quiz.keyboard.type("2")
    quiz.keyboard.press("Enter")
    expect(feedback(quiz)).to_have_text("All products are right, but 2 is not: add them again.")


def test_reveal_shows_it_and_counts_it_so(quiz):
    press(quiz, "Reveal")
    expect(sentence(quiz)).to_contain_text("= 3")
    expect(quiz.get_by_text("0 right, 1 revealed.")).to_be_visible()


def test_what_is_no_number_is_said_as_text(quiz):
    for typed in (HOSTILE, "three", "1/0", "--1", "0x3", "1e400", "3;", "1/2/3"):
        value(quiz).fill(typed)
        press(quiz, "Check")
        expect(feedback(quiz)).to_contain_text(f"“{typed[:24]}” is no number")
        expect(quiz.locator(".quiz img")).to_have_count(0)


def test_leaving_shows_everything_again(quiz):
    press(quiz, "Predict, then reveal")
    expect(sentence(quiz)).to_contain_text("= 3")
    expect(quiz.locator(".veil")).to_have_count(0)
    expect(quiz.get_by_role("form", name="Your prediction")).to_be_hidden()
    quiz.wait_for_url(lambda url: "quiz" not in url)


def test_numbers_are_compared_as_exactly_as_they_are_written(quiz):
    """The judge knows a ninth by 0.11 and 1/9, not by 0.1; a decimal comma and a true minus are understood."""
    verdicts = quiz.evaluate(
        """async () => {
            const script = document.querySelector('link[rel=modulepreload][href$="quiz-judge.js"]').href;
            const { judge } = await import(script);
            const nothing = { place: "", products: [], terms: [], texts: [], then: "" };
            const right = (typed, value) => judge([typed], { ...nothing, answers: [{ label: "", value }] }, 0).right;
            const ninth = Math.fround(1 / 9);
            return [
                ["0.11", "0,111", "1/9", ".1111", "1111e-4"].map((typed) => right(typed, ninth)),
                ["0.1", "0.12", "0.113", "-0.11", "0", "1"].map((typed) => right(typed, ninth)),
                ["-8", "−8", " -8.0 ", "−16/2"].map((typed) => right(typed, -8)),
                ["8", "-7.99", "-8.01"].map((typed) => right(typed, -8)),
            ];
        }"""
    )
    assert [all(verdicts[0]), any(verdicts[1]), all(verdicts[2]), any(verdicts[3])] == [True, False, True, False]


def test_an_exercise_is_done_by_keyboard_alone(explorer):
    update = exercise(7)
    page = explorer.open("?quiz=7")
    expect(page.get_by_text("Exercise 7: predict the 4 cells marked “?”. 0 right.")).to_be_visible()
    expect(page.locator(".view:not([hidden]) [data-part=output] .veil")).to_have_count(4)
    explorer.becomes(lambda: explorer.state()["step"], update.exercise.cells[0])
    for _ in range(100):
        if page.evaluate("document.activeElement === document.querySelector('.quiz input')"):
            break
        page.keyboard.press("Tab")
    expect(product(page, 1, 1)).to_be_focused()
    products = update.trace.steps["products"]["text"].tolist()
    for cell in update.exercise.cells:
        expect(sentence(page)).to_have_text(re.compile(r"= \?$"))
        for text in products[cell]:
            page.keyboard.type(text)
            page.keyboard.press("Tab")
        page.keyboard.type(update.trace.sentences[cell].rpartition("= ")[2])
        page.keyboard.press("Enter")
        expect(feedback(page)).to_have_text("Right.")
        expect(sentence(page)).to_have_text(update.trace.sentences[cell])
        page.keyboard.press("Enter")
    expect(page.get_by_text("Exercise 7: done. 4 right.")).to_be_visible()
    expect(page.locator(".veil")).to_have_count(0)


def test_the_address_keeps_the_exercise_its_progress_and_the_key(explorer):
    page = explorer.open("?quiz=7&answers=0")
    value(page).fill("-8")
    value(page).press("Enter")
    page.get_by_text("Answer key").filter(visible=True).click()
    page.wait_for_url("**/?quiz=7&solved=1&answers=1&step=1")
    explorer.open("?quiz=7&solved=1&answers=1&step=1")
    expect(page.get_by_text("predict the 3 cells marked “?”. 1 right.")).to_be_visible()
    expect(sentence(page)).to_have_text(exercise(7).trace.sentences[1])
    rows = page.get_by_role("table", name="Answers of exercise 7").get_by_role("row")
    told = [exercise(7).trace.sentences[cell].replace(" = ", " ", 1) for cell in exercise(7).exercise.cells]
    expect(rows).to_have_text(told, use_inner_text=True)


def test_only_the_lecturers_address_offers_the_key(explorer):
    page = explorer.open("?quiz=7")
    expect(value(page)).to_be_visible()
    for words in ("Answer key", "Answers of the class"):
        expect(page.get_by_text(words).filter(visible=True)).to_have_count(0)


def test_own_settings_end_the_exercise_and_say_so(explorer):
    page = explorer.open("?quiz=7")
    explorer.set(stride=1)
    expect(page.get_by_role("alert")).to_contain_text("no longer the exercise")
    page.wait_for_url("**quiz=on**")
    expect(page.get_by_text("Predict the cell marked “?”.")).to_be_visible()


def test_another_exercise_is_started_by_its_number(explorer):
    page = explorer.open("?quiz=on")
    page.get_by_role("spinbutton", name="Exercise").fill("12")
    page.get_by_role("spinbutton", name="Exercise").press("Enter")
    page.wait_for_url("**quiz=12**")
    assert explorer.state()["weights"] == [list(row) for row in exercise(12).settings["weights"]]
    explorer.becomes(lambda: explorer.state()["step"], exercise(12).exercise.cells[0])


@pytest.mark.parametrize(("seed", "words"), [("99999", "became 9,999"), (HOSTILE, "must be a whole number")])
def test_an_address_with_no_exercise_number_is_answered_with_a_sentence(explorer, seed, words):
    page = explorer.open(f"?quiz={seed}")
    expect(page.get_by_role("alert")).to_contain_text(words)
    expect(page.locator("main img")).to_have_count(0)


@pytest.mark.parametrize("seed", [0, 3, 9_999])
def test_pyodide_and_the_server_pose_what_cpython_poses(explorer, panel_explorer, seed):
    expected = exercise(seed)
    for one in (explorer, panel_explorer):
        one.open(f"?quiz={seed}")
        assert one.state()["cells"] == [list(row) for row in expected.settings["cells"]]
        assert one.state()["weights"] == [list(row) for row in expected.settings["weights"]]
        one.page.wait_for_url(f"**quiz={seed}**")
        expect(one.page.locator(".view:not([hidden]) [data-part=output] .veil")).to_have_count(len(expected.exercise.cells))


def test_views_without_an_exercise_offer_none(explorer):
    page = explorer.open(ready=False)
    offers = page.evaluate("[...document.querySelectorAll('[data-part=predict]')].map((b) => b.closest('.view').dataset.view)")
    assert set(offers) == WITH_QUIZ


def test_an_embed_hides_the_offer_and_keeps_the_exercise_of_its_address(explorer):
    page = explorer.open("embed.html?view=convolution&quiz=7&hide=quiz,link,code,controls")
    for name in ("Predict, then reveal", "Start", "Copy link"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_hidden()
    for words in ("Answer key", "Definition / What ran here"):
        expect(page.get_by_text(words).first).to_be_hidden()
    expect(value(page)).to_be_visible()
    assert page.evaluate("document.activeElement === document.body")


@pytest.mark.parametrize("width", [320, 1280])
def test_a_prediction_fits_the_page(explorer, width):
    explorer.page.set_viewport_size({"width": width, "height": 800})
    page = explorer.open("?quiz=7&answers=1")
    explorer.becomes(lambda: page.evaluate("document.documentElement.scrollWidth <= innerWidth"), True)
    if width == 1280:
        for part in ("input", "output"):
            expect(page.locator(f".view:not([hidden]) [data-part={part}] .plot")).to_be_in_viewport(ratio=1)
        for name in ("Check", "Play"):
            expect(page.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)


def test_three_outputs_side_by_side_are_predicted_together(explorer):
    update = Session().handle({"view": "downsampling", "name": "exercise", "value": 4})
    page = explorer.open("?view=downsampling&quiz=4")
    cell = update.exercise.cells[0]
    expect(page.locator("[data-view=downsampling] [data-steps] .veil")).to_have_count(3 * len(update.exercise.cells))
    values = {name: update.trace.static[f"{name}_values"]["value"].ravel()[cell] for name in ("sum", "average", "maximum")}
    for name, number in values.items():
        page.get_by_role("textbox", name=re.compile(f"^{name} of", re.IGNORECASE)).fill(str(number + (name == "average")))
    press(page, "Check")
    said = page.locator("[data-view=downsampling] .feedback [aria-live]")
    expect(said).to_have_text(re.compile(r"^Average .* is not right\. Try again\.$"))
    page.get_by_role("textbox", name=re.compile("^Average of")).fill(str(values["average"]))
    press(page, "Check")
    expect(said).to_have_text("Right.")


def test_no_frame_gives_a_maximum_away(explorer):
    update = Session().handle({"view": "downsampling", "name": "exercise", "value": 11})
    assert (update.exercise.cells, len(update.trace)) == ((2, 5, 6), 9)
    explorer.slug = "downsampling"
    page = explorer.open("?view=downsampling&quiz=11")

    def framed():
        """How many frames the present step's winner has, and the windows whose winner has one."""
        return len(explorer.data("winner")["x"]), {n for n, seen in enumerate(explorer.data("winners")["seen"]) if seen}

    explorer.becomes(framed, (0, {0, 1}))
    page.locator(".view:not([hidden]) [data-part=sum] .plot").hover(position={"x": 5, "y": 5})
    explorer.becomes(framed, (1, {0}))
    page.mouse.move(5, 5)
    explorer.becomes(framed, (0, {0, 1}))
    press(page, "Reveal")
    explorer.becomes(framed, (1, {0, 1, 2}))
    press(page, "Last step")
    explorer.becomes(framed, (1, {0, 1, 2, 3, 4, 7, 8}))
    press(page, "Predict, then reveal")
    explorer.becomes(framed, (1, set(range(9))))
