"""One layer of the field, as the tables of layers beside this file list them."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

GRAPH = ("points", "nodes per edge", "nodes per edge")


class FieldLayer(NamedTuple):
    """A layer as a user writes it, with what it takes and gives.

    check, prove  the verdicts that both must give; "non-finite" for what is nowhere defined at zero
    """

    name: str
    fn: Callable[..., Any]
    in_: Any
    out: Any = None
    check: str = "ok"
    prove: str = "checked exactly"
    sizes: Mapping[str, int] | None = None
    example: tuple[Any, ...] | None = None
