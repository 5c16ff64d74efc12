"""Places on the Panel server: held by open websockets and by nothing else."""

from convoscope.homes.visits import Visits


class Page:
    """A delivered page; connections counts its open websockets."""

    def __init__(self, visits):
        self.session_context = self.session = self
        self.connection_count = 0
        self.trains = True
        self.delays = [True]  # of its websockets
        self._subscribed_connections, self._socket = [self], self
        self.visit = visits.add(self, self)

    def connect(self):
        """Open the websocket and write the first event; whether there is a place."""
        self.connection_count = 1
        return self.visit.has_place()

    def set_nodelay(self, yes):
        """As Tornado's websockets."""
        self.delays.append(not yes)

    def leave(self):
        """What a visitor does when it is told that the page is gone."""
        self.trains = False


def test_a_fetched_page_holds_no_place_and_a_closed_one_frees_it_at_once():
    visits = Visits(most=2)
    for _ in range(50):
        Page(visits)
    first, second, third = (Page(visits) for _ in range(3))
    assert [first.connect(), second.connect(), third.connect()] == [True, True, False]
    assert visits.are_full
    first.connection_count = 0
    assert not visits.are_full
    assert third.connect()
    assert visits.are_full


def test_of_those_who_come_for_the_last_place_the_first_gets_it():
    visits = Visits(most=1)
    pages = [Page(visits) for _ in range(9)]
    for page in pages:
        page.connection_count = 1
    assert [page.visit.has_place() for page in pages] == [True] + 8 * [False]


def test_the_training_of_a_closed_page_stops_and_its_visit_is_over():
    visits = Visits(most=1)
    page, waiting = Page(visits), Page(visits)
    page.connect()
    visits.end_those_that_are_over()
    assert page.trains
    page.connection_count = 0
    visits.end_those_that_are_over()
    assert (page.trains, waiting.trains) == (False, True)
    assert visits.open == [waiting.visit]
    assert not page.connect()  # its place is gone; the page opens another session


def test_the_websocket_of_a_page_sends_at_once_from_its_first_event_on():
    page = Page(Visits(most=1))
    page.connect()
    page.visit.hurry()
    page.visit.hurry()
    assert page.delays == [True, False]
