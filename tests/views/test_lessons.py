"""A view's lesson is imported when the view is opened, and a lesson that does not come is a sentence."""

import subprocess
import sys

from convoscope.views import SLUGS
from convoscope.views import session as session_module
from convoscope.views.lessons import Lessons
from convoscope.views.session import Session

OPEN_ONE = """
import sys
from convoscope.views import SLUGS
from convoscope.views.answer import Answerer
before = [slug for slug in SLUGS if f"convoscope.views.{slug}.lesson" in sys.modules]
Answerer().needs('{"view": "rgb", "name": "reset"}')
print(before, [slug for slug in SLUGS if f"convoscope.views.{slug}.lesson" in sys.modules])
"""


def test_opening_one_view_imports_one_lesson():
    done = subprocess.run([sys.executable, "-c", OPEN_ONE], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] ['rgb']"


def test_every_view_has_its_lesson():
    lessons = Lessons()
    assert list(lessons) == list(SLUGS)
    assert [lesson.__name__ for lesson in lessons.values()] == [f"convoscope.views.{slug}.lesson" for slug in SLUGS]


def test_a_lesson_that_does_not_come_is_a_sentence(monkeypatch):
    def not_here(slug):
        raise OSError("the file rgb.zip could not be fetched (offline); check the connection and try again")

    monkeypatch.setattr(session_module.LESSONS, "data", dict.fromkeys(SLUGS))
    monkeypatch.setattr("convoscope.views.lessons.importlib.import_module", lambda *names: not_here(names))
    update = Session().handle({"view": "rgb", "name": "reset"})
    assert update.error.startswith("The file rgb.zip could not be fetched (offline)")
    assert update.trace is None
