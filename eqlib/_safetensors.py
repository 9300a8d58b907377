"""The file format safetensors: named arrays as plain bytes, after a header in JSON.

Eight bytes are the length of the header; the header says of each array its dtype, its shape and where its bytes are;
the bytes follow, without gaps. Nothing in such a file is ever executed. What is written here the package `safetensors`
reads, and the other way round.

It is not left to the package, since that (0.8.0) writes the metadata of one file in another order in each process; here
the same tree is the same bytes, by which a training that goes on after a kill is compared with one that was not killed.

Source: https://github.com/huggingface/safetensors, "Format".
"""

import json
import math
import struct
from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Shaped

DTYPES = {
    "BOOL": np.dtype(np.bool_),
    "U8": np.dtype(np.uint8),
    "I8": np.dtype(np.int8),
    "U16": np.dtype(np.uint16),
    "I16": np.dtype(np.int16),
    "F16": np.dtype(np.float16),
    "BF16": jnp.dtype(jnp.bfloat16),
    "U32": np.dtype(np.uint32),
    "I32": np.dtype(np.int32),
    "F32": np.dtype(np.float32),
    "U64": np.dtype(np.uint64),
    "I64": np.dtype(np.int64),
    "F64": np.dtype(np.float64),
}
CODES = {dtype: code for code, dtype in DTYPES.items()}

_METADATA = "__metadata__"
_LENGTH = struct.Struct("<Q")
_ALIGNMENT = 8

Arrays = Mapping[str, Shaped[np.ndarray, "..."]]


class FormatError(ValueError):
    """The bytes are no safetensors file, or an array has a dtype that such a file cannot hold."""


def encode(arrays: Arrays, metadata: Mapping[str, str]) -> bytes:
    """The bytes of a file; the same arrays and metadata give the same bytes.

    Raises: FormatError if the format has no such dtype.
    """
    header: dict[str, Any] = {_METADATA: dict(metadata)} if metadata else {}
    parts, end = [], 0
    for name, array in arrays.items():
        if array.dtype not in CODES:
            raise FormatError(
                f"{name} holds {array.dtype}, which a safetensors file cannot: it has {', '.join(map(str, CODES))}."
            )
        part = np.ascontiguousarray(array, array.dtype.newbyteorder("<")).tobytes()
        start, end = end, end + len(part)
        header[name] = {"dtype": CODES[array.dtype], "shape": list(array.shape), "data_offsets": [start, end]}
        parts.append(part)
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    return b"".join([_LENGTH.pack(len(text)), text, *parts])


def decode(content: bytes) -> tuple[dict[str, Shaped[np.ndarray, "..."]], dict[str, str]]:
    """The arrays and the metadata of a file.

    Raises: FormatError if it is none, or is cut short.
    """
    header, data = _split(content)
    metadata = header.pop(_METADATA, {})
    entries = {name: _entry(name, entry) for name, entry in header.items()}
    arrays, end = {}, 0
    for name, (dtype, shape, start, stop) in sorted(entries.items(), key=lambda item: item[1][2:]):
        if start != end or stop - start != dtype.itemsize * math.prod(shape) or stop > len(data):
            raise FormatError(f"the bytes of {name} are not where the header says, or are not all there")
        arrays[name], end = np.frombuffer(data[start:stop], dtype).reshape(shape), stop
    if end != len(data):
        raise FormatError(f"{len(data) - end} bytes follow the last array")
    return {name: arrays[name] for name in header}, metadata


def _entry(name: str, entry: Any) -> tuple[np.dtype, tuple[int, ...], int, int]:
    """Dtype, shape, and where the bytes begin and end."""
    try:
        (start, stop), shape = entry["data_offsets"], tuple(entry["shape"])
        return DTYPES[entry["dtype"]], shape, start, stop
    except (KeyError, TypeError, ValueError):
        raise FormatError(f"of {name}, its header says {entry!r}, which is no array") from None


def _split(content: bytes) -> tuple[dict[str, Any], memoryview]:
    """The header as JSON has it, and the bytes behind it."""
    data = memoryview(content)
    if len(content) < _LENGTH.size:
        raise FormatError("it is shorter than the length of a header")
    (length,) = _LENGTH.unpack(data[: _LENGTH.size])
    if length > len(content) - _LENGTH.size:
        raise FormatError("it is shorter than its header")
    try:
        header = json.loads(bytes(data[_LENGTH.size : _LENGTH.size + length]))
    except ValueError as error:
        raise FormatError(f"its header is not JSON: {error}") from error
    return header, data[_LENGTH.size + length :]
