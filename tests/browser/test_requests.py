"""Events that wait for their answers (static/js/requests.mjs): each has a deadline, and each is answered."""

import pytest

BEGIN = """async (DEADLINE) => {
    const script = document.querySelector("script[type=module][src]").src;
    const { Requests } = await import(new URL("requests.js", script).href);
    window.posted = [];
    window.late = [];
    window.said = {};
    window.requests = new Requests(DEADLINE, (id, event) => posted.push([id, event]), (id) => late.push(id));
    window.ask = (event) => {
        requests.send(event).then((packet) => (said[event] = packet), (error) => (said[event] = error.message));
    };
}"""


@pytest.fixture
def requests(explorer):
    """Runs a program with `requests`, `posted`, `late`, `said` and `ask`, and gives what it returns."""
    page = explorer.open(ready=False)
    page.evaluate(BEGIN, 5000)
    return lambda program: page.evaluate(f"async () => {{ {program} }}")


def test_what_is_asked_before_python_is_there_waits_and_what_rebuilds_it_comes_first(requests):
    assert requests("ask('a'); ask('b'); return posted") == []
    assert requests("requests.open(['settings']); return posted") == [[3, "settings"], [1, "a"], [2, "b"]]
    assert requests("requests.answer(1, 'A'); requests.answer(2, null, 'Refused.'); return said") == {"a": "A", "b": "Refused."}


def test_what_was_under_way_when_python_was_lost_is_asked_again_but_not_twice(requests):
    lose = "requests.close(); requests.open(['settings']); return posted"
    assert requests("requests.open(); ask('deadly'); return posted") == [[1, "deadly"]]
    assert requests(lose) == [[1, "deadly"], [2, "settings"], [1, "deadly"]]
    assert requests("ask('late'); " + lose)[3:] == [[3, "late"], [4, "settings"], [3, "late"]]
    assert requests("return said") == {"deadly": "The answer to this change was lost twice."}
    requests("requests.answer(3, 'L')")
    assert requests("return [said.late, requests.waiting.size]") == ["L", 1]


@pytest.mark.usefixtures("own_python")  # a clock is that of a whole window
def test_every_wait_has_a_deadline(explorer):
    explorer.page.clock.install()
    page = explorer.open(ready=False)
    page.evaluate(BEGIN, 60_000)
    page.evaluate("requests.open(); ask('a'); ask('b'); requests.answer(2, 'B')")
    page.clock.fast_forward(45_000)  # the page's clock goes on by itself, too
    assert page.evaluate("late") == []
    page.clock.fast_forward(16_000)
    assert page.evaluate("late") == [1]
    assert page.evaluate("requests.refuseAll('Over.'); said") == {"b": "B"}  # the promise is told in its turn
    assert page.evaluate("said") == {"a": "Over.", "b": "B"}
