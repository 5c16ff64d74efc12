"""Answer a list of events in one session and return every packet, as JSON; runs inside Pyodide."""

import base64
import json
import sys
from pathlib import Path

sys.path.insert(0, "/suite")

from convoscope.views.answer import answer_text
from convoscope.views.files import DiskFiles
from convoscope.views.session import Session

session = Session(DiskFiles(Path("/suite/data")))
events = json.loads(Path("/suite/events.json").read_text())
packets = [answer_text(session, json.dumps(event)) for event in events]
json.dumps([base64.b64encode(packet).decode() for packet in packets])
