"""Theorems about `scatter`: the matrix of the op is S x 1, which commutes with 1 x D for every representation D."""

import itertools
from fractions import Fraction

import numpy as np

from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.errors import IrrepsError
from eqlib.o3 import Irrep, Irreps
from eqlib.ops.scatter import scatter_max, scatter_mean, scatter_sum
from proofs.certificate import ProofFailed, theorem

ROWS, SIZE = 2, 2
DESTINATIONS = tuple(itertools.product(range(-1, SIZE + 1), repeat=ROWS))  # some are no destination
IRREPS = Irreps("1x0o+1x1o")


@theorem(
    statement="scatter_sum and scatter_mean move whole rows: their matrix is S x 1 with S[d, r] = 1, or 1 over the "
    "number of rows, where row r goes to d; so they commute with every representation of every group",
    method="the op on every basis vector, whose values are small whole numbers and halves, compared as fractions",
    covers=("scatter_sum", "scatter_mean"),
    counts="destinations",
    assumes="the op is linear, which its specification tests; (S x 1)(1 x D) = (1 x D)(S x 1)",
)
def scatter_moves_whole_rows(lmax: int) -> int:
    basis = np.eye(ROWS * IRREPS.dim).reshape(-1, ROWS, IRREPS.dim).transpose(1, 0, 2)  # [row, vector, component]
    for dst in DESTINATIONS:
        for op, is_mean in ((scatter_sum, False), (scatter_mean, True)):
            moved = op(IrrepsArray(IRREPS, basis), dst=np.array(dst), output_size=SIZE, mode="drop")
            if moved.irreps != IRREPS:
                raise ProofFailed(f"{op.__name__} changes {IRREPS} into {moved.irreps}")
            found = np.asarray(moved.array)
            for (d, v, c), value in np.ndenumerate(found):
                r, component = divmod(v, IRREPS.dim)
                share = Fraction(1, dst.count(d)) if is_mean and dst.count(d) else Fraction(1)
                wanted = share if dst[r] == d and component == c else Fraction(0)
                if Fraction(float(value)) != wanted:
                    raise ProofFailed(f"{op.__name__}, dst = {dst}: S[{d}, {r}] of component {c} is {value}")
    return len(DESTINATIONS)


@theorem(
    statement="scatter_max takes invariants alone, and gives the largest of the rows of a destination",
    method="every irrep is offered; pairs of distinct numbers in both orders at all destinations",
    covers=("scatter_max",),
    counts="irreps and cases",
)
def scatter_max_is_of_invariants(lmax: int) -> int:
    count = 0
    for ir in Irrep.iterator(lmax):
        try:
            scatter_max(IrrepsArray(Irreps([ir]), np.zeros((1, ir.dim))), dst=np.zeros(1, int), output_size=1)
            taken = True
        except IrrepsError:
            taken = False
        if taken != ir.is_scalar():
            raise ProofFailed(f"scatter_max {'takes' if taken else 'refuses'} {ir}")
        count += 1
    for values, dst in itertools.product(itertools.permutations((-1, 0, 2), ROWS), DESTINATIONS):
        at_destinations = {"dst": np.array(dst), "output_size": SIZE, "initial": -9.0, "mode": "drop"}
        found = np.asarray(scatter_max(np.array(values, np.float32), **at_destinations))
        for d in range(SIZE):
            wanted = max([value for value, at in zip(values, dst, strict=True) if at == d], default=-9)
            if int(found[d]) != wanted:
                raise ProofFailed(f"scatter_max of {values} at {dst} is {found[d]} at {d}, should be {wanted}")
        count += 1
    return count
