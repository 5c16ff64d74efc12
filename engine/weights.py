"""Weights files: an .npz (a zip of .npy arrays) that is believed only after every check.

A stranger's file may hold pickled code, a zip bomb, other shapes or NaN. So members and declared sizes are counted before
anything is unpacked, no member is inflated beyond what it declares, names and shapes must be exactly those of the network,
no image may make the numbers overflow, and the network changes only after the last check.
"""

from __future__ import annotations

import io
import math
import zipfile
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from .network import Network
from .shapes import Array

MOST_BYTES = 8_000_000  # of the file, and of all that it unpacks to
MOST_MEMBERS = 500  # arrays; a zip's directory of 30,000 takes longer to read than all else
LARGEST_CELL = 1e30  # of any activation; float32 ends at 3.4e38
DTYPES = ("float16", "float32", "float64")
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others inflate without a limit
_TRY = "choose a file that was saved for this network"
_EPOCH = (1980, 1, 1, 0, 0, 0)  # one date for all: the same weights give the same bytes


class WeightsError(ValueError):
    """A weights file that cannot be used; the message says why and what to try. The old weights are still there."""


def save_weights(network: Network, *, dtype: npt.DTypeLike = np.float32) -> bytes:
    """Write all parameters as .npz bytes, the same bytes for the same weights. float16 halves the file."""
    return write_arrays({name: value.astype(dtype) for name, value in network.parameters().items()})


def write_arrays(arrays: Mapping[str, Array]) -> bytes:
    """Write arrays by name as .npz bytes, the same bytes for the same numbers; read_weights reads float16, 32 and 64."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, value in arrays.items():
            member = io.BytesIO()
            np.lib.format.write_array(member, np.ascontiguousarray(value), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, member.getvalue())
    return buffer.getvalue()


def load_weights(network: Network, data: bytes) -> None:
    """Put a file's numbers into the network, or raise WeightsError and change nothing."""
    put_weights(network, read_weights(data, {name: value.shape for name, value in network.parameters().items()}))


def put_weights(network: Network, values: Mapping[str, Array]) -> None:
    """Put these numbers into the network, or raise WeightsError if they can overflow. values: name -> array of its shape."""
    before = network.vector.copy()
    for name, parameter in network.parameters().items():
        parameter[...] = values[name].reshape(parameter.shape)
    if not _largest_cell(network) <= LARGEST_CELL:  # nor NaN
        network.vector[...] = before
        raise WeightsError(f"these weights are so large that the network's numbers can exceed {LARGEST_CELL:g}; {_TRY}")


def _largest_cell(network: Network) -> float:
    """What no activation exceeds, whatever the image: with all weights positive, a white image gives the most."""
    positive = network.copy()
    np.abs(positive.vector, out=positive.vector)
    with np.errstate(all="ignore"):
        positive.forward(np.ones((1, *network.input_shape), positive.vector.dtype))
    return float(np.max([values.max() for values in positive.activations]))


def read_weights(data: bytes, shapes: Mapping[str, tuple[int, ...]] | None = None) -> dict[str, Array]:
    """Read .npz bytes, the arrays in the file's order. Raises WeightsError.

    shapes: name -> shape of the arrays that it must hold, all of them and no others; None for any.
    """
    if len(data) > MOST_BYTES:
        raise WeightsError(f"the weights file has {len(data):,} bytes, but {MOST_BYTES:,} are the most; {_TRY}")
    if (count := data.count(b"PK\1\2")) > MOST_MEMBERS:  # what begins the directory's entry of each member
        raise WeightsError(f"the weights file holds {count:,} arrays, but {MOST_MEMBERS:,} are the most; {_TRY}")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
            _check_directory(archive.infolist(), shapes)
            return {name: _read_member(archive, info, (shapes or {}).get(name)) for name, info in members.items()}
    except WeightsError:
        raise
    except Exception as error:  # zipfile and zlib raise many kinds on hostile bytes; none may get past this wall
        raise WeightsError(f"the weights file is damaged or no .npz file ({str(error)[:120]}); {_TRY}") from None


def names_and_shapes(shapes: Mapping[str, tuple[int, ...]]) -> str:
    """Write down what a file should hold: 'conv1.weight (6, 1, 5, 5), conv1.bias (6,)'; of many arrays the first 12."""
    words = [f"{name[:40]} {tuple(shape)}" for name, shape in shapes.items()]
    return ", ".join(words[:12] + [f"and {len(words) - 12} more"] * (len(words) > 12))


def _check_directory(members: list[zipfile.ZipInfo], shapes: Mapping[str, tuple[int, ...]] | None) -> None:
    """Check sizes and names as the zip's directory declares them, before anything is unpacked."""
    declared = sum(info.file_size for info in members)
    if declared > MOST_BYTES:
        raise WeightsError(f"the weights file unpacks to {declared:,} bytes, but {MOST_BYTES:,} are the most; {_TRY}")
    found = [info.filename.removesuffix(".npy") for info in members]
    names = set(found) if shapes is None else set(shapes)
    if shapes is None and len(found) > len(names):
        raise WeightsError(f"the weights file holds {len(found)} arrays under {len(names)} names; {_TRY}")
    if len(found) != len(names) or set(found) != names:
        missing, extra = sorted(names - set(found))[:3], sorted(set(found) - names)[:3]
        raise WeightsError(
            f"the weights file holds {len(found)} arrays but this network has {len(names)} "
            f"(missing: {', '.join(missing) or 'none'}; not known: {', '.join(repr(name[:40]) for name in extra) or 'none'})"
            f"{'; it wants ' + names_and_shapes(shapes) if shapes else ''}; {_TRY}"
        )


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, shape: tuple[int, ...] | None) -> Array:
    """Inflate one .npy, never further than declared, and read it after its header has proved right. -> float32 array."""
    name = info.filename[:60]
    if info.compress_type not in _COMPRESSIONS:
        raise WeightsError(f"{name} is compressed in another way than deflate, which NumPy never does; {_TRY}")
    with archive.open(info) as member:
        stream = io.BytesIO(member.read(info.file_size))
    version = np.lib.format.read_magic(stream)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    found, _, dtype = read_header(stream)
    if dtype.hasobject:
        raise WeightsError(f"{name} holds pickled Python objects, which can run code and are never read; {_TRY}")
    if dtype.name not in DTYPES or (shape is not None and found != shape):
        wanted = f"{', '.join(DTYPES[:-1])} or {DTYPES[-1]}{'' if shape is None else f' {shape}'}"
        raise WeightsError(f"{name} is {dtype.name} {found}, but {wanted} is wanted; {_TRY}")
    left = info.file_size - stream.tell()
    if left != dtype.itemsize * math.prod(found):
        raise WeightsError(f"{name} has {left:,} bytes of numbers, too few or too many; {_TRY}")
    stream.seek(0)
    with np.errstate(over="ignore"):  # of float64 beyond float32
        value = np.lib.format.read_array(stream, allow_pickle=False).astype(np.float32)
    if not np.isfinite(value).all():
        raise WeightsError(f"{name} holds NaN or infinity, but every weight must be finite, also as float32; {_TRY}")
    return value
