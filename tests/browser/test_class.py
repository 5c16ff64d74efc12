"""The answers of a class: a student hands a line in, a lecturer counts lines; on a server they travel by a class code."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from convoscope.homes.collecting import checked, checksum
from convoscope.views.session import Session

from .conftest import new_context

SEED = 7
HOSTILE = "<img src=x onerror=alert(1)>"
MARKS = "21r-"  # right with the second try, right, revealed, not answered


def result(marks, name, code):
    """A line as a student's page writes it."""
    text = f"CQ1|{code}|{marks}|{name}"
    return f"{text}|{checksum(text)}"


def part(page, name):
    return page.locator(f".view:not([hidden]) [data-part={name}]")


def solve(page, slug="convolution"):
    """Answer the exercise of four cells as MARKS says."""
    update = Session().handle({"view": slug, "name": "exercise", "value": SEED})
    field = page.get_by_role("textbox", name=re.compile(r"^Value of output\["))
    right = [update.trace.sentences[cell].rpartition("= ")[2] for cell in update.exercise.cells]
    field.fill("999")
    field.press("Enter")
    expect(page.locator(".view:not([hidden]) .feedback")).to_contain_text("999 is not right")
    for number in right[:2]:
        field.fill(number)
        field.press("Enter")
        part(page, "next").click()
    part(page, "reveal").click()


def hand_in(page, name):
    part(page, "hand-in").click()
    dialog = page.get_by_role("dialog", name="Hand in your result")
    dialog.get_by_label("Your name").fill(name)
    return dialog


def test_a_student_hands_in_a_line_and_the_lecturer_counts_the_class(explorer):
    page = explorer.open(f"?quiz={SEED}")
    expect(part(page, "hand-in")).to_be_hidden()
    solve(page)
    page.wait_for_url("**tries=21r-**")
    page.reload()
    page.evaluate("window.convoscope.ready")
    expect(page.get_by_text(f"Exercise {SEED}: predict the cell marked “?”. 2 right, 1 revealed.")).to_be_visible()
    dialog = hand_in(page, "  ")
    dialog.get_by_role("button", name="Copy").click()
    expect(dialog.get_by_role("status")).to_contain_text("Type a name first")
    dialog.get_by_label("Your name").fill(" Ada\u202e  L|ovelace ")
    expect(dialog).to_contain_text("1 right at the first try, 1 right later, 1 revealed, 1 not answered")
    assert Axe().run(page).response["violations"] == []
    line = dialog.get_by_label("Your line").input_value()
    assert checked(line) == line
    _, code, marks, name, _ = line.split("|")
    assert (marks, name, code.rpartition("-")[0]) == (MARKS, "Ada L ovelace", f"convolution-{SEED}")
    explorer.open(f"?quiz={SEED}&answers=0")
    expect(page.get_by_text("Answer key").filter(visible=True)).to_have_count(1)
    page.get_by_text("Answers of the class").click()
    grace, alan = result("1111", "Grace", code), [result(marks, "Alan", code) for marks in ("----", "1rr-")]
    other = result("111", "Eve", "rgb-3-0000")
    damaged = grace.replace("1111", "1112")
    pasted = [line, f"> {grace} (10:42)", grace, *alan, other, damaged, HOSTILE, "", "Hello"]
    page.get_by_label("Paste the lines").fill("\n".join(pasted))
    said = page.locator(".class-answers").get_by_role("status")
    for words in (
        "3 results, on average 2.3 of 4 right.", "Came more than once and count once: Grace.", "last ones count: Alan.",
        "1 of another exercise, rgb-3-0000: not counted here.", "Line 7 is not counted, it is damaged",
        f"Line 8 is not counted, there is no result in it (“{HOSTILE}”)", "Line 10",
    ):  # fmt: skip
        expect(said).to_contain_text(words)
    rows = page.get_by_role("table", name="Answers, question by question").get_by_role("row")
    expect(rows).to_have_count(5)
    assert [row.split() for row in rows.locator("td:nth-child(2)").all_inner_texts()] == [["2"], ["2"], ["1"], ["1"]]
    assert rows.nth(3).locator("td").all_inner_texts() == ["1", "0", "2", "0"]
    assert Axe().run(page).response["violations"] == []
    page.get_by_label("Paste the lines").fill("x" * 200_001)
    expect(said).to_contain_text("At most 2,000 lines and 200,000 characters are read at once.")
    page.get_by_label("Paste the lines").fill("")
    expect(said).to_have_text("No results yet.")


def test_links_to_share_open_no_answer_key(explorer):
    page = explorer.open(f"?quiz={SEED}&answers=1")
    page.get_by_role("button", name="Share", exact=True).filter(visible=True).click()
    assert "answers" not in page.get_by_role("dialog").get_by_label("Link").first.input_value()


@pytest.mark.parametrize(("width", "height"), [(320, 240), (480, 270), (800, 450)])
def test_in_an_embed_one_hands_in_too(explorer, width, height):
    explorer.page.set_viewport_size({"width": width, "height": height})
    page = explorer.open(f"embed.html?view=convolution&quiz={SEED}&solved=1&hide=controls,caption,title")
    dialog = hand_in(page, "Ada")
    box = dialog.bounding_box()
    assert min(box["x"], box["y"]) >= 0
    assert box["x"] + box["width"] <= width
    assert box["y"] + box["height"] <= height
    assert checked(dialog.get_by_label("Your line").input_value())


def test_on_a_server_a_class_code_carries_the_results(panel_explorer, browser, context_options):
    lecturer = panel_explorer.open(f"?quiz={SEED}&answers=0")
    lecturer.get_by_text("Answers of the class").click()
    lecturer.get_by_role("button", name="Begin a class on this server").click()
    code = lecturer.get_by_text(re.compile("Class code: [A-Z0-9]{6}")).inner_text().split()[-1]
    context = new_context(browser, **context_options)
    student = context.new_page()
    student.goto(f"{panel_explorer.url}?quiz={SEED}&solved=1&class_code={code}")
    dialog = hand_in(student, "Ada")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_role("status")).to_have_text("Sent. Your lecturer sees it now.")
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_role("status")).to_contain_text("wait two seconds")
    context.close()
    said = lecturer.locator(".class-answers").get_by_role("status")
    lecturer.wait_for_url(re.compile("answers=[A-Za-z0-9_-]{20,}"))
    lecturer.reload()  # the key is in the address of this page alone
    lecturer.evaluate("window.convoscope.ready")
    expect(said).to_have_text("1 result, on average 1.0 of 4 right.")
