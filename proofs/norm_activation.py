"""Theorem about `norm_activation`: lengths are invariant, and an invariant times a copy moves as the copy."""

from eqlib.o3 import Irrep, Irreps, Surd, SurdTensor
from eqlib.ops.norm_activation import norm_activation
from proofs.certificate import ProofFailed, theorem
from proofs.plans import CONNECTED, require_invariant


@theorem(
    statement="|D x|^2 = |x|^2 and s D x = D (s x): so f(|x|) x is equivariant, of the irreps of x",
    method="sum_i x_i^2 and s x_i are annihilated by the generators; the irreps of the op compared for every irrep",
    covers=("norm_activation",),
    counts="irreps",
    assumes=CONNECTED + "; the op computes f(|x|) x copy by copy, which its specification tests",
)
def norm_activation_is_equivariant(lmax: int) -> int:
    count = 0
    for ir in Irrep.iterator(lmax):
        identity = {(i, i): Surd.of(1) for i in range(ir.dim)}
        require_invariant(SurdTensor.of((ir.dim, ir.dim), identity, "delta"), (ir.l, ir.l))
        scaled = {(0, i, i): Surd.of(1) for i in range(ir.dim)}
        require_invariant(SurdTensor.of((1, ir.dim, ir.dim), scaled, "delta"), (0, ir.l, ir.l))
        irreps = Irreps([(2, ir), (1, "0e")])
        if norm_activation(irreps, [abs, None]) != irreps:
            raise ProofFailed(f"norm_activation of {irreps} has the irreps {norm_activation(irreps, [abs, None])}")
        count += 1
    return count
