"""Learn the first batches of the page's default run in a session and return what they were, as JSON; runs inside Pyodide."""

import json
import sys
from pathlib import Path

sys.path.insert(0, "/suite")

from convoscope.views.files import DiskFiles
from convoscope.views.session import Session

session = Session(DiskFiles(Path("/suite/data")))
for _ in range(60):
    update = session.handle({"view": "train", "name": "step", "value": None})
    assert update.error == "", update.error
report = {name: column.tolist() for name, column in update.trace.static["train_loss"].items()}
json.dumps({"loss": report, "facts": dict(update.trace.facts), "platform": sys.platform})
