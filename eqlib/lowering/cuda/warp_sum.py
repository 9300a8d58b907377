"""Sums over the threads of a warp, in CUDA C++."""

from collections.abc import Iterator, Sequence

from eqlib.lowering.cuda.blocks import WARP


def warp_sum(values: Sequence[str], to: str) -> Iterator[str]:
    """Sums each of the values over the warp and writes the sums side by side at `to`.

    Half of the lanes go on with one half of the values, the others with the other half, until each lane has one: as
    many exchanges as there are values, not five times as many. Every lane of the warp must get here.
    """
    for start in range(0, len(values), WARP):
        yield "{"
        yield from (f"  {line}" for line in _sum_of_some(values[start : start + WARP], f"{to} + {start}"))
        yield "}"


def _sum_of_some(values: Sequence[str], to: str) -> Iterator[str]:
    width = 1 << (len(values) - 1).bit_length()
    names = [f"s{n}" for n in range(width)]
    yield "real " + ", ".join(f"{s} = {x}" for s, x in zip(names, [*values, *["0"] * width], strict=False)) + ";"
    bit, place = WARP // 2, list[str]()
    while width > 1:
        width //= 2
        for low, high in zip(names[:width], names[width : 2 * width], strict=True):
            mine, theirs = f"lane & {bit} ? {high} : {low}", f"lane & {bit} ? {low} : {high}"
            yield f"{low} = ({mine}) + __shfl_xor_sync(0xffffffff, {theirs}, {bit});"
        place.append(f"(lane & {bit} ? {width} : 0)")
        bit //= 2
    rest = bit
    while rest:
        yield f"s0 += __shfl_xor_sync(0xffffffff, s0, {rest});"
        rest //= 2
    yield f"const int at = {' + '.join(place) or '0'};"
    yield f"if ((lane & {2 * bit - 1 if bit else 0}) == 0 && at < {len(values)}) ({to})[at] = s0;"
