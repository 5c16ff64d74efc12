"""The history view in the page: its networks open in the architectures view, a photograph is read when it is chosen."""

import re

from playwright.sync_api import expect


def test_a_network_opens_in_architectures_and_a_photograph_is_judged(explorer):
    explorer.slug = "history"
    page = explorer.open("?view=history&image=coffee&step=5")
    shown = page.locator(".view:not([hidden])")
    expect(shown.locator("[data-fact=size]")).to_contain_text("the first answer is right: espresso")
    assert explorer.data("answers_names")["text"][0] == "1. espresso"
    links = shown.locator(".history-networks a")
    assert links.all_inner_texts() == ["AlexNet", "ZFNet", "VGG", "GoogLeNet", "ResNet"]
    expect(links.filter(has_text="VGG")).to_have_attribute("data-now", "")
    links.filter(has_text="GoogLeNet").click()
    page.wait_for_url(re.compile("architecture=googlenet"))
    explorer.slug = "architectures"
    page.evaluate("window.convoscope.ready")
    expect(page.locator(".view:not([hidden]) [data-fact=parameters]")).to_have_text("6,998,552")
