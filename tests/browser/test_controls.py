"""Every setting of every view has a control with its label as name."""

import pytest

from convoscope.views.session import LESSONS
from convoscope.views.settings import table

# Where each is changed: the addresses that show all controls of a view between them.
ADDRESSES = {
    "convolution": ["?image=lecture&padding_rule=number", "?image=digit", "?image=drawing", "?image=picture", "?image=cat"],
    "downsampling": ["?view=downsampling&image=lecture", "?view=downsampling&image=digit", "?view=downsampling&image=cat"],
    "rgb": ["?view=rgb"],
    "backprop": ["?view=backprop"],
    "gradients": ["?view=gradients"],
    "detective": ["?view=detective"],
    "architectures": ["?view=architectures&architecture=own"],
    "network": ["?view=network"],
}
UNFOLD = "for (const fold of document.querySelectorAll('.view:not([hidden]) .controls details')) fold.open = true"


@pytest.mark.parametrize("slug", LESSONS)
def test_every_setting_has_a_control_by_its_label(explorer, slug):
    missing = {row["label"] for row in table(LESSONS[slug].Settings) if row["kind"] != "none"}  # those stand in the picture
    for address in ADDRESSES[slug]:
        page = explorer.open(address, ready=False)
        page.evaluate(UNFOLD)
        view = page.locator(".view:not([hidden])")
        for label in list(missing):
            group = view.get_by_role("group", name=label, exact=True, include_hidden=True)
            by_label = view.get_by_label(label, exact=True).or_(group)
            if by_label.count():
                missing.discard(label)
    if slug == "rgb":  # its matrices stand there one at a time: test_rgb.py opens each
        missing -= {row["label"] for row in table(LESSONS[slug].Settings) if row["kind"] == "matrix"}
    assert missing == set()
