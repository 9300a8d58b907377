"""What a function takes and gives, as representations: the words in which a check is told.

    "8x0e + 1o"             an array of these irreps
    "8x0e + 1o per node"    one for each node: a permutation of the nodes permutes the first axis
    "points"                positions [node, 3]: they also move with a translation
    "labels per node"       integers that no rotation changes, such as species
    "nodes per edge"        integers that number the nodes, one for each edge, such as senders
    None                    what the group leaves alone: parameters, a key, an option

`node` and `edge` are names of sets, and any other name is one too.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.errors import IrrepsError, LayoutError
from eqlib.o3 import Irrep, Irreps, MulIrrep

SIZES = {"node": 5, "edge": 20}


@dataclass(frozen=True)
class Field:
    """Irreps, one for each combination of members of the sets `over`; a position also moves with translations."""

    irreps: Irreps
    over: tuple[str, ...] = ()
    is_position: bool = False

    def __str__(self) -> str:
        return "points" if self.is_position else " per ".join([str(self.irreps), *self.over])


@dataclass(frozen=True)
class Label:
    """Integers of the members of a set, which a permutation moves and no permutation renames.

    is_given  whether an example has them: their number is known then
    """

    over: tuple[str, ...]
    is_given: bool = False

    def __str__(self) -> str:
        return " per ".join(["labels", *self.over])


@dataclass(frozen=True)
class Index:
    """Integers that number the members of the set `into`: a permutation of that set renames them.

    is_given  whether an example has them: which members they leave out is known then
    """

    into: str
    over: tuple[str, ...]
    is_given: bool = False

    def __str__(self) -> str:
        return " per ".join([f"{self.into}s", *self.over])


@dataclass(frozen=True)
class Fixed:
    """What the group leaves alone."""

    def __str__(self) -> str:
        return "left alone"


Operand = Field | Label | Index | Fixed


def operand(description: Any) -> Operand:
    """One description as data.

    Raises: IrrepsError for words that are none of those above.
    Example:
        >>> operand("8x0e + 1o per node")
        Field(irreps=8x0e+1x1o, over=('node',), is_position=False)
        >>> operand("nodes per edge"), operand(None)
        (Index(into='node', over=('edge',), is_given=False), Fixed())
    """
    if isinstance(description, Field | Label | Index | Fixed):
        return description
    if description is None:
        return Fixed()
    if not isinstance(description, str):
        return Field(Irreps(description))
    what, *over = (part.strip() for part in description.split(" per "))
    sets = tuple(over)
    if not all(name.isidentifier() for name in sets):
        raise _unknown(description)
    if what == "points" and not sets:
        return Field(Irreps("1o"), ("node",), is_position=True)
    if what == "labels" and sets:
        return Label(sets)
    if re.fullmatch(r"[a-z]\w*s", what) and sets:
        return Index(what.removesuffix("s"), sets)
    try:
        return Field(Irreps(what), sets)
    except ValueError:
        raise _unknown(description) from None


def arguments(in_: Any) -> tuple[Any, ...]:
    """The descriptions of all arguments, each a pytree of operands; what is no tuple describes the only one."""
    return tuple(_tree(description) for description in (in_ if isinstance(in_, tuple) else (in_,)))


def outputs(out: Any) -> Any:
    """The description of what is returned, a pytree of operands."""
    return _tree(out)


def _tree(descriptions: Any) -> Any:
    return jax.tree.map(operand, descriptions, is_leaf=_is_description)


def _is_description(x: Any) -> bool:
    return x is None or isinstance(x, str | Irreps | Irrep | MulIrrep | Field | Label | Index | Fixed)


def leaves(tree: Any) -> list[Operand]:
    """The operands of a pytree of them, in order."""
    return jax.tree.leaves(tree)


def read_sizes(operands: list[Operand], values: list[Any], sizes: Mapping[str, int]) -> dict[str, int]:
    """The number of members of each set: as `values` show it, else as given, else as usual.

    Raises: LayoutError if two arrays disagree.
    """
    found: dict[str, int] = {}
    for one, value in zip(operands, values, strict=True):
        for name, extent in zip(_over(one), _extents(one, value), strict=False):
            if found.setdefault(name, extent) != extent:
                raise LayoutError(
                    f"the arrays that are given have {found[name]} and {extent} members of the set {name!r}: {one} has "
                    f"the shape {np.shape(value)}."
                )
    sets = [name for one in operands for name in (*_over(one), *([one.into] if isinstance(one, Index) else []))]
    return {name: found.get(name, sizes.get(name, SIZES.get(name, 4))) for name in dict.fromkeys(sets)}


def _over(one: Operand) -> tuple[str, ...]:
    return () if isinstance(one, Fixed) else one.over


def set_axes(one: Operand, ndim: int) -> list[int]:
    """The axes of the sets of an operand, in an array that may have further leading axes."""
    after = 1 if isinstance(one, Field) else 0
    return [ndim - after - len(_over(one)) + n for n in range(len(_over(one)))]


def _extents(one: Operand, value: Any) -> list[int]:
    if value is None:
        return []
    shape = np.shape(getattr(value, "array", value))
    return [shape[axis] for axis in set_axes(one, len(shape))]


def plain(value: Any) -> Any:
    """The array of an IrrepsArray; anything else as it is."""
    return value.array if isinstance(value, IrrepsArray) else value


def _unknown(description: str) -> IrrepsError:
    return IrrepsError(
        f"{description!r} describes no operand.\n"
        '  Write irreps such as "8x0e + 1o", "8x0e + 1o per node", "points", "labels per node", "nodes per edge", or '
        "None for what the group leaves alone."
    )
