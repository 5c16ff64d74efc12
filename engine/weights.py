"""Weights files: an .npz (a zip of .npy arrays) that is believed only after every check.

A stranger's file may hold pickled code, a zip bomb, other shapes or NaN. So sizes are added up from the zip's directory
before anything is unpacked, names, shapes and types must be exactly those of the network, and the network changes only
after the last check: whatever the file, the weights that were there stay until then.
"""

from __future__ import annotations

import io
import zipfile

import numpy as np
import numpy.typing as npt

from .network import Network
from .shapes import Array

MOST_BYTES = 8_000_000  # of the file, and of all that it unpacks to
DTYPES = ("float16", "float32")
_TRY = "choose a file that was saved for this network"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # one date for all: the same weights give the same bytes


class WeightsError(ValueError):
    """A weights file that cannot be used; the message says why and what to try. The old weights are still there."""


def save_weights(network: Network, *, dtype: npt.DTypeLike = np.float32) -> bytes:
    """Write all parameters as .npz bytes, the same bytes for the same weights. float16 halves the file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in network.parameters().items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(value, dtype), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, member.getvalue())
    return buffer.getvalue()


def load_weights(network: Network, data: bytes) -> None:
    """Put a file's numbers into the network, or raise WeightsError and change nothing."""
    values = read_weights(data, {name: value.shape for name, value in network.parameters().items()})
    for name, parameter in network.parameters().items():
        parameter[...] = values[name]


def read_weights(data: bytes, shapes: dict[str, tuple[int, ...]]) -> dict[str, Array]:
    """Read .npz bytes that must hold exactly these arrays. shapes: name -> shape. Raises WeightsError."""
    if len(data) > MOST_BYTES:
        raise WeightsError(f"the weights file has {len(data):,} bytes, but {MOST_BYTES:,} are the most; {_TRY}")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check_directory(members, set(shapes))
            return {
                info.filename.removesuffix(".npy"): _read_member(
                    archive.read(info), info.filename, shapes[info.filename.removesuffix(".npy")]
                )
                for info in members
            }
    except WeightsError:
        raise
    except Exception as error:  # zipfile and zlib raise many kinds on hostile bytes; none may get past this wall
        raise WeightsError(f"the weights file is damaged or no .npz file ({error}); {_TRY}") from None


def _check_directory(members: list[zipfile.ZipInfo], names: set[str]) -> None:
    """Check sizes and names as the zip's directory declares them, before anything is unpacked."""
    declared = sum(info.file_size for info in members)
    if declared > MOST_BYTES:
        raise WeightsError(f"the weights file unpacks to {declared:,} bytes, but {MOST_BYTES:,} are the most; {_TRY}")
    found = [info.filename.removesuffix(".npy") for info in members]
    if len(found) != len(names) or set(found) != names:
        missing, extra = sorted(names - set(found))[:3], sorted(set(found) - names)[:3]
        raise WeightsError(
            f"the weights file holds {len(found)} arrays but this network has {len(names)} "
            f"(missing: {', '.join(missing) or 'none'}; not known: {', '.join(map(repr, extra)) or 'none'}); {_TRY}"
        )


def _read_member(data: bytes, name: str, shape: tuple[int, ...]) -> Array:
    """Read one .npy after its header has proved right. data: .npy bytes -> array of the given shape."""
    stream = io.BytesIO(data)
    version = np.lib.format.read_magic(stream)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    found, _, dtype = read_header(stream)
    if dtype.hasobject:
        raise WeightsError(f"{name} holds pickled Python objects, which can run code and are never read; {_TRY}")
    if dtype.name not in DTYPES or found != shape:
        raise WeightsError(f"{name} is {dtype.name} {found}, but float16 or float32 {shape} is wanted; {_TRY}")
    if len(data) - stream.tell() != dtype.itemsize * int(np.prod(shape)):
        raise WeightsError(f"{name} has {len(data) - stream.tell():,} bytes of numbers, too few or too many; {_TRY}")
    stream.seek(0)
    value = np.lib.format.read_array(stream, allow_pickle=False)
    if not np.isfinite(value).all():
        raise WeightsError(f"{name} holds NaN or infinity, but every weight must be finite; {_TRY}")
    return np.asarray(value, np.float32)
