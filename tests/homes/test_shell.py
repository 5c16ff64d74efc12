"""The page fetches together the scripts that main.mjs imports at once, and none that waits until it is asked for."""

import re

import pytest

from convoscope.homes.shell import STATIC, modules

HOMES = {"static": ("static-home.mjs",), "embed": ("static-home.mjs", "embed.mjs"), "panel": ("panel.mjs",)}
ANY_IMPORT = re.compile(r'^(?:import|export) [^;]*?"\./([\w-]+\.mjs)"', re.MULTILINE)
LATER = {"sharing.mjs", "snapshot.mjs", "gif.mjs", "one-file.mjs", "file-home.mjs", "worker.mjs"}


@pytest.mark.parametrize("home", HOMES)
def test_every_script_that_is_imported_at_once_is_preloaded(home):
    listed = modules(*HOMES[home])
    imported = {name for one in listed for name in ANY_IMPORT.findall((STATIC / "js" / one).read_text("utf-8"))}
    assert imported <= set(listed) == imported | {"main.mjs", *HOMES[home]}
    assert not LATER & set(listed)
