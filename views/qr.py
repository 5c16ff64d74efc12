"""An address as a QR code, for the phones in the lecture hall."""

from __future__ import annotations

import io
from typing import Any

from .settings import SettingError
from .state import Download

LONGEST_ADDRESS = 1200  # characters: a code for more is too fine for a phone at the back of the hall


def qr_code(address: Any) -> Download:
    """The address as an SVG. Raises SettingError for what is no address or too long."""
    if not isinstance(address, str) or not address or len(address) > LONGEST_ADDRESS:
        raise SettingError(f"a QR code holds an address of 1 to {LONGEST_ADDRESS} characters; share the link instead")
    import segno  # here, because few pages ask for it

    file = io.BytesIO()
    segno.make_qr(address, error="l").save(file, kind="svg", scale=4, border=4, dark="#000", light="#fff", xmldecl=False)
    return Download("convoscope-qr.svg", "image/svg+xml", file.getvalue())
