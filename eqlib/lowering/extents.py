"""Extents of axes that are no numbers yet: a program that is exported for any number of atoms has symbols for them.

A symbol cannot be compared with a number that it may or may not exceed, so what is chosen by the size of an array is
chosen without it, or stays a symbol until the program runs.
"""

from typing import Any

from jax.core import min_dim
from jax.export import is_symbolic_dim

LARGE = 2**20


def is_known(*extents: Any) -> bool:
    """Whether all extents are numbers.

    Example:
        >>> from jax.export import symbolic_shape
        >>> is_known(3, 4), is_known(3, *symbolic_shape("edges"))
        (True, False)
    """
    return not any(map(is_symbolic_dim, extents))


def known_or_large(extent: Any) -> int:
    """The extent, or a large number where it is none: programs are exported for arrays that are large.

    Example:
        >>> from jax.export import symbolic_shape
        >>> known_or_large(3), known_or_large(*symbolic_shape("2*edges"))
        (3, 1048576)
    """
    return extent if is_known(extent) else LARGE


def at_most(extent: Any, limit: int) -> Any:
    """The lesser of an extent and a number.

    Example:
        >>> from jax.export import symbolic_shape
        >>> at_most(3, 1024), at_most(*symbolic_shape("edges"), 1024)
        (3, min(edges, 1024))
    """
    return min_dim(extent, limit)
