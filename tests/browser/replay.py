"""One recorded list of events, and what the session answers to it: the measure for every home."""

from convoscope.views.session import Session

# Each is a view's table of settings, as a page sends it: presets, every image, typed weights, what is clamped, what is refused.
_CONVOLUTION = [
    {"kernel": "blur"},
    {"padding": 2, "stride": 2},
    {"image": "digit"},
    {"kernel": "sobel_x", "digit": 60_123},
    {"weights": [["1/9", "0.1", "-3"], ["1e-4", "0", "2.5"], ["−1", "0.333", "1/7"]]},
    {"stride": "99"},
    {"stride": "two", "padding": ""},
    {"image": "camera", "stride": 3, "padding": 1},
    {"kernel": "emboss", "weights": "1,2,3"},
    {"image": "cat", "kernel": "average", "stride": 1, "padding": 0},
    {"image": "<b>", "nosuch": 1},
    {"image": "lecture", "kernel": "identity"},
    {"weights": "0.1,0.2,0.3;0.4,0.5,0.6;0.7,0.8,0.9"},
]
_DOWNSAMPLING = [
    {"window": 3, "stride": 1, "shift": "right"},
    {"image": "digit", "digit": 777, "stride": "0"},
    {"image": "coffee", "window": 3, "stride": 3},
]
_RGB = [
    {"seed": 77, "stride": 1, "im2col": True},
    {"biases": "1/3,-2.5", "filter_1_blue": "0.1,0,1e-4;0,-3,1/7;2,0,0", "channels": "green"},
    {"preset": "lecture", "image": "cat", "filters": 3},
    {"channels": "all", "stride": 2, "padding": 1, "im2col": False},
]
EVENTS = [
    (view, event)
    for view, events in {"convolution": _CONVOLUTION, "downsampling": _DOWNSAMPLING, "rgb": _RGB}.items()
    for event in events
]


def answers():
    """The session's updates, one an event, computed here and now."""
    session = Session()
    return [session.handle({"view": view, "name": "settings", "value": event}) for view, event in EVENTS]


def frames(trace):
    """Everything that a trace shows, as plain values that can be compared exactly."""
    plain = {
        group: {
            source: {name: column.tolist() for name, column in columns.items()}
            for source, columns in getattr(trace, group).items()
        }
        for group in ("static", "steps")
    }
    return plain | {"sentences": list(trace.sentences), "facts": dict(trace.facts)}
