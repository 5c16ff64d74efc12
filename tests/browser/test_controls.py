"""Every setting of every view has a control with its label as name (test_driving.py uses those of three views)."""

import pytest

from convoscope.views.session import LESSONS
from convoscope.views.settings import table

from .test_driving import SLUGS

ADDRESSES = {"architectures": "?view=architectures&architecture=own"}  # which shows all its controls; others do at once
UNFOLD = "for (const fold of document.querySelectorAll('.view:not([hidden]) .controls details')) fold.open = true"


@pytest.mark.parametrize("slug", [slug for slug in LESSONS if slug not in SLUGS])
def test_every_setting_has_a_control_by_its_label(explorer, slug):
    missing = {row["label"] for row in table(LESSONS[slug].Settings) if row["kind"] != "none"}  # those stand in the picture
    page = explorer.open(ADDRESSES.get(slug, f"?view={slug}"), ready=False)
    page.evaluate(UNFOLD)
    view = page.locator(".view:not([hidden])")
    for label in list(missing):
        group = view.get_by_role("group", name=label, exact=True, include_hidden=True)
        if view.get_by_label(label, exact=True).or_(group).count():
            missing.discard(label)
    assert missing == set()
