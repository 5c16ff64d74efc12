"""The traces of states that pages name are computed when the site is built: each once, as its view answers it."""

import gzip

from convoscope.app import main
from convoscope.homes import site
from convoscope.homes.states import NamedStates, write_states
from convoscope.views.packet import unpack
from convoscope.views.session import Session

PAGE = """<convoscope-view view="rgb" stride="1" hide="controls" step="3"></convoscope-view>
<convoscope-view view="rgb"></convoscope-view> <convoscope-view kernel="blur"></convoscope-view>
<convoscope-view view="nonsense" stride="2"></convoscope-view> <iframe src="https://other.site/page.html?view=rgb&stride=1"></iframe>
<iframe data-src="https://your.site/embed.html?view=convolution&amp;kernel=blur&amp;theme=dark"></iframe>
<iframe src="embed.html?view=convolution&amp;stride=1&amp;kernel=blur"></iframe>"""


def test_a_page_names_states_by_elements_and_by_iframes():
    assert NamedStates(PAGE).found == {
        "rgb": [{"stride": "1"}],
        "convolution": [{"kernel": "blur"}, {"stride": "1", "kernel": "blur"}],
    }


def test_each_state_has_the_packet_that_its_view_answers_and_equal_ones_share_a_file(tmp_path):
    states = write_states(tmp_path, [PAGE, PAGE])
    first, second = states["convolution"]
    assert first["file"] == second["file"]  # for stride 1 is the default
    assert len(list(tmp_path.iterdir())) == 2
    header, trace = unpack(gzip.decompress((tmp_path / first["file"]).read_bytes()))
    asked = Session().handle({"view": "convolution", "name": "address", "value": {"kernel": "blur"}, "ran": True})
    assert header["settings"]["kernel"] == "blur"
    assert header["ran"]["functions"] == asked.ran["functions"]
    assert list(trace.sentences) == list(asked.trace.sentences)


def test_what_a_view_does_not_take_as_it_is_is_told_and_left_to_python(tmp_path):
    told = []
    page = '<convoscope-view kernel="blru"></convoscope-view><convoscope-view stride="99"></convoscope-view>'
    assert write_states(tmp_path, [page], told.append) == {"convolution": []}
    assert ["blru" in told[0], "99" in told[1], len(told)] == [True, True, 2]


def test_the_command_takes_other_peoples_pages(monkeypatch, tmp_path):
    taken = {}
    monkeypatch.setattr(site, "build", lambda dist, **more: taken.update(more))
    pages = [tmp_path / "one.html", tmp_path / "two.html"]
    assert main(["build", "--precompute", str(pages[0]), "--precompute", str(pages[1])]) == 0
    assert taken == {"precompute": pages}
