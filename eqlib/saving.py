"""Trees of arrays in files, with their irreps, which a file never loses and never gets back as others."""

import difflib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jax
import numpy as np

from eqlib import _atomic, _safetensors
from eqlib.array_types import Shaped
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.errors import IrrepsError, LayoutError
from eqlib.explain import difference
from eqlib.o3 import Irreps

_IRREPS = "irreps"


def save(path: str | Path, tree: Any, *, metadata: Mapping[str, str] | None = None) -> None:
    """Writes the arrays of a tree, and the irreps of each IrrepsArray in it, as a safetensors file.

    An array is named by the way to it, as in "layer/w[0,0] 2x0e,1x0e" for {"layer": {"w[0,0] 2x0e,1x0e": ...}}; "/" and
    "~" in a key are written "~1" and "~0". Irreps stand in the metadata of the file, under "irreps", as JSON. Whoever
    is killed while writing leaves the file that was there before.

    Law:    load(path) has the same names, irreps, shapes, dtypes and bits, if all nodes of the tree are mappings.
    Raises: LayoutError if a leaf is no array; OSError if the file cannot be written.
    Source: https://github.com/huggingface/safetensors; names as in RFC 6901, JSON pointers, without the first "/".
    Example:
        >>> path = getfixture("tmp_path") / "x.safetensors"
        >>> save(path, {"x": IrrepsArray("1o", np.ones(3)), "y": np.arange(2)}, metadata={"unit": "eV"})
        >>> load(path)
        {'x': 1x1o [1. 1. 1.], 'y': array([0, 1])}
    """
    leaves = _named_leaves(tree)
    arrays = {name: _array(name, leaf) for name, leaf in leaves.items()}
    irreps = {name: str(leaf.irreps) for name, leaf in leaves.items() if isinstance(leaf, IrrepsArray)}
    words = dict(metadata or {})
    if _IRREPS in words:
        raise LayoutError(f'metadata has "{_IRREPS}", which is written from the tree.\n  Give it another name.')
    if irreps:
        words[_IRREPS] = json.dumps(irreps)
    try:
        content = _safetensors.encode(arrays, words)
    except _safetensors.FormatError as error:
        raise LayoutError(f"cannot save {error}\n  Write x.astype(jnp.float32), or leave it out.") from None
    _atomic.write(path, content)


def load(path: str | Path, like: Any = None) -> Any:
    """The tree that `save` wrote: nested dicts, or the structure of `like`, whose irreps it must have.

    The arrays are those of NumPy, whose dtypes do not depend on whether JAX has 64-bit types enabled. Nothing is
    relabelled, cast, or left out: `like`, of arrays or of `jax.ShapeDtypeStruct`, must agree in every name, irreps,
    shape and dtype.

    Raises: IrrepsError if irreps are not those of `like`; LayoutError if names, shapes or dtypes are not, or if the
            file is no safetensors file; OSError if it cannot be read.
    Example:
        >>> path = getfixture("tmp_path") / "x.safetensors"
        >>> save(path, [IrrepsArray("1o", np.ones(3))])
        >>> load(path, like=[IrrepsArray("1o", np.zeros(3))])
        [1x1o [1. 1. 1.]]
        >>> load(path, like=[IrrepsArray("1e", np.zeros(3))])  # doctest: +ELLIPSIS
        Traceback (most recent call last):
            ...
        eqlib.errors.IrrepsError: 0 holds 1x1o in the file and 1x1e in `like`: they differ only in parity...
    """
    leaves, _ = _read(path)
    if like is None:
        return _nested(leaves)
    wanted = _named_leaves(like)
    _check_names(list(leaves), list(wanted))
    for name, leaf in wanted.items():
        _check_leaf(name, leaves[name], leaf)
    _, structure = jax.tree.flatten(like, is_leaf=_is_irreps_array)
    return jax.tree.unflatten(structure, [leaves[name] for name in wanted])


def load_metadata(path: str | Path) -> dict[str, str]:
    """The metadata that `save` was given.

    Raises: LayoutError if the file is no safetensors file; OSError if it cannot be read.
    Example:
        >>> path = getfixture("tmp_path") / "x.safetensors"
        >>> save(path, {"x": np.ones(3)}, metadata={"unit": "eV"})
        >>> load_metadata(path)
        {'unit': 'eV'}
    """
    return _read(path)[1]


def _read(path: str | Path) -> tuple[dict[str, Any], dict[str, str]]:
    """The leaves by name, and the metadata but for the irreps, which the leaves have."""
    try:
        arrays, metadata = _safetensors.decode(Path(path).read_bytes())
    except _safetensors.FormatError as error:
        raise LayoutError(
            f"{path} is no safetensors file: {error}.\n  Write such a file with eqlib.save(path, tree)."
        ) from error
    irreps = json.loads(metadata.pop(_IRREPS, "{}"))
    return {name: IrrepsArray(irreps[name], a) if name in irreps else a for name, a in arrays.items()}, metadata


def _is_irreps_array(node: Any) -> bool:
    return isinstance(node, IrrepsArray)


def _named_leaves(tree: Any) -> dict[str, Any]:
    """The leaves, of which an IrrepsArray is one, by the way to them."""
    leaves = jax.tree_util.tree_leaves_with_path(tree, is_leaf=_is_irreps_array)
    return {"/".join(map(_key, path)): leaf for path, leaf in leaves}


def _key(entry: Any) -> str:
    """One step of the way to a leaf: the key of a mapping, the name of a field, or the index of an item."""
    parts = (getattr(entry, part) for part in ("key", "name", "idx") if hasattr(entry, part))
    text = str(next(parts))
    if not text:
        raise LayoutError('a key of the tree is "", and names nothing.\n  Write another key.')
    return text.replace("~", "~0").replace("/", "~1")


def _nested(leaves: Mapping[str, Any]) -> Any:
    """The dicts that have leaves of these names; of the name "", the leaf itself."""
    if list(leaves) == [""]:
        return leaves[""]
    tree: dict[str, Any] = {}
    for name, leaf in leaves.items():
        *outer, last = (key.replace("~1", "/").replace("~0", "~") for key in name.split("/"))
        node = tree
        for key in outer:
            node = node.setdefault(key, {})
        node[last] = leaf
    return tree


def _array(name: str, leaf: Any) -> Shaped[np.ndarray, "..."]:
    array = leaf.array if isinstance(leaf, IrrepsArray) else leaf
    if isinstance(array, jax.Array) and jax.dtypes.issubdtype(array.dtype, jax.dtypes.prng_key):
        raise LayoutError(
            f"{name or 'the tree'} is a key of random numbers, which is no array.\n  Write jax.random.key_data(key)."
        )
    if not isinstance(array, jax.Array | np.ndarray | np.generic | bool | int | float):
        raise LayoutError(f"{name or 'the tree'} is of type {type(array).__name__}, and must be an array.")
    return np.asarray(array)


def _check_names(stored: list[str], wanted: list[str]) -> None:
    extra = [name for name in stored if name not in wanted]
    missing = [name for name in wanted if name not in stored]
    if not extra and not missing:
        return
    lines = [
        f"the arrays of the file are not those of `like`: {len(extra)} only in the file, {len(missing)} only there."
    ]
    for name in missing[:3]:
        near = difflib.get_close_matches(name, extra, n=1, cutoff=0.0)
        lines.append(f"  `like` has {name!r}, " + (f"the file has {near[0]!r}." if near else "the file has no such."))
    lines += [f"  The file has {name!r}, `like` has no such." for name in (extra[:3] if not missing else ())]
    # The names of weights are those of the irreps that they join.
    raise IrrepsError("\n".join([*lines, "  Nothing is renamed: write load(path) to see what the file holds."]))


def _check_leaf(name: str, stored: Any, wanted: Any) -> None:
    left, right = (getattr(leaf, "irreps", None) for leaf in (stored, wanted))
    if left != right:
        raise IrrepsError(
            f"{name or 'the array'} holds {_told(left)} in the file and {_told(right)} in `like`: "
            f"{_why(left, right)}.\n  Numbers of one representation mean nothing in another: write load(path) to see "
            "what the file holds."
        )
    shapes, dtypes = ([getattr(_plain(leaf), of) for leaf in (stored, wanted)] for of in ("shape", "dtype"))
    for what, (one, other) in (("shape", map(tuple, shapes)), ("dtype", map(str, dtypes))):
        if one != other:
            raise LayoutError(
                f"{name or 'the array'} has the {what} {one} in the file and {other} in `like`.\n"
                "  Nothing is cast: write load(path), and change what it gives."
            )


def _plain(leaf: Any) -> Any:
    array = leaf.array if isinstance(leaf, IrrepsArray) else leaf
    return array if hasattr(array, "shape") and hasattr(array, "dtype") else np.asarray(array)


def _told(irreps: Irreps | None) -> str:
    return "an array without irreps" if irreps is None else str(irreps)


def _why(left: Irreps | None, right: Irreps | None) -> str:
    if left is None or right is None:
        return "only one of them says how it transforms"
    if left.regroup() == right.regroup():
        return "the same representation in a different order, or cut into different segments"
    return difference(left, right)
