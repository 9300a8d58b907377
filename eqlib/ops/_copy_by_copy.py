"""The plan of a bilinear op in which copy u of one operand meets copy u of the other."""

from collections.abc import Callable, Iterable

from eqlib.arrays.align import align
from eqlib.errors import IrrepsError
from eqlib.o3 import Irrep, Irreps, Surd, exact_clebsch_gordan
from eqlib.plan import Path, Plan, Segment, segments

Products = Callable[[Irrep, Irrep], Iterable[tuple[Irrep, Surd]]]


def plan_copy_by_copy(op: str, irreps1: Irreps, irreps2: Irreps, products: Products) -> tuple[Irreps, Plan]:
    """One path for each product (ir3, scale) of the irreps of facing copies, cut where either operand is cut.

    Raises: IrrepsError, which names `op`, if the operands differ in the number of copies.
    """
    if irreps1.num_irreps != irreps2.num_irreps:
        raise IrrepsError(
            f"cannot {op} {irreps1} and {irreps2}: the first has {irreps1.num_irreps} copies and the second "
            f"{irreps2.num_irreps}, and the product goes copy by copy.\n"
            "  Write tensor_product(x, y) for the products of all copies with all copies."
        )
    aligned1, aligned2 = align(irreps1, irreps2)
    paths, out, irreps3 = [], [], []
    for i, ((mul, ir1), (_, ir2)) in enumerate(zip(aligned1, aligned2, strict=True)):
        for ir3, scale in products(ir1, ir2):
            block = exact_clebsch_gordan(ir1.l, ir2.l, ir3.l)  # [i, j, k]
            paths.append(Path((i, i, len(out)), ("u", "u", "u"), block, scale))
            out.append(Segment((mul,), ir3.dim))
            irreps3.append((mul, ir3))
    return Irreps(irreps3), Plan((segments(aligned1), segments(aligned2), tuple(out)), (0, 1), tuple(paths))
