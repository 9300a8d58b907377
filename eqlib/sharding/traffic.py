"""What a compiled program sends between devices, read from its text."""

import math
import re
from typing import NamedTuple

_BYTES = {"pred": 1, "bf16": 2, "c64": 8, "c128": 16} | {
    f"{kind}{bits}": bits // 8 for kind in "suf" for bits in (8, 16, 32, 64)
}
_KINDS = "all-gather|all-reduce|all-to-all|ragged-all-to-all|collective-broadcast|collective-permute|reduce-scatter"
_COLLECTIVE = re.compile(rf"= (\([^)]*\)|\S+) ({_KINDS})(-start)?\(")
_ARRAY = re.compile(r"(\w+)\[([\d,]*)\]")


class Traffic(NamedTuple):
    """How many collectives of a kind a program has, and the bytes of what each device receives by them."""

    number: int
    bytes: int


def traffic(program: str) -> dict[str, Traffic]:
    """The collectives of a program, each by its kind, as `jax.jit(f).lower(...).compile().as_text()` shows them.

    They are counted once where a loop repeats them.

    Raises: ValueError if one is asynchronous, as on GPUs, where the text shows what is sent beside what is received:
            compile for the CPU, which sends the same.
    Example:
        >>> traffic("%x = f32[10,3]{1,0} collective-permute(%y), channel_id=1")
        {'collective-permute': Traffic(number=1, bytes=120)}
    """
    found: dict[str, Traffic] = {}
    for shapes, kind, start in _COLLECTIVE.findall(program):
        if start:
            raise ValueError(
                f'traffic: the program has {kind}-start, which is asynchronous.\n  Write jax.config.update("jax_'
                'platforms", "cpu") before anything else, and compile it again.'
            )
        size = sum(_BYTES[name] * math.prod(map(int, filter(None, n.split(",")))) for name, n in _ARRAY.findall(shapes))
        before = found.get(kind, Traffic(0, 0))
        found[kind] = Traffic(before.number + 1, before.bytes + size)
    return found
