"""The forward pass of the network view as a film, on the real page and in an embed."""

import re

import pytest
from playwright.sync_api import expect

SLUG = "network"


def test_the_forward_pass_is_stepped_played_and_linked(explorer):
    page = explorer.open("?view=network")
    view = page.get_by_role("region", name="Draw a digit")
    expect(view.locator(".sentence")).to_have_text(re.compile("^LeNet-5 says 7"))
    for _ in range(2):
        view.get_by_role("button", name="Step forward").click()
    expect(view.locator(".sentence")).to_contain_text("C1: 6 filters of 5×5 slide over input: 6@28×28.")
    assert len(explorer.data("film_cell")["wide_x"]) == 1
    page.wait_for_url("**/?view=network&step=2")
    explorer.set(digit=1)  # another digit keeps the layer
    expect(view.locator(".sentence")).to_contain_text("C1: 6 filters")
    view.get_by_label("Speed").select_option("8")
    view.get_by_role("button", name="Play").click()
    explorer.becomes(lambda: explorer.state()["step"], 13)
    expect(view.locator(".sentence")).to_have_text(re.compile("^softmax makes probabilities .* LeNet-5 says 2"))
    explorer.set(mode="3d")
    expect(view.get_by_role("group", name="Player")).to_be_hidden()


class TestInAFrame:
    @pytest.fixture
    def context_options(self):
        return {"viewport": {"width": 800, "height": 450}, "reduced_motion": "reduce", "service_workers": "block"}

    def test_a_layer_is_shown_and_nothing_moves_by_itself_where_motion_is_unwanted(self, explorer):
        page = explorer.open("embed.html?view=network&step=5&autoplay=1")
        expect(page.locator(".view:not([hidden]) .sentence")).to_contain_text("C3: 16 filters of 5×5 slide over S2")
        assert explorer.state()["playing"] is False
        assert explorer.data("film_window")["wide_x"]
