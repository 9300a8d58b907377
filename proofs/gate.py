"""Theorem about `gate`: its output is the product of the representations of a gate and of what it multiplies."""

import itertools

import jax.numpy as jnp

from eqlib.o3 import Irrep, Irreps
from eqlib.ops.elementwise_tensor_product import plan_elementwise_tensor_product
from eqlib.ops.gate import gate
from proofs.certificate import ProofFailed, theorem
from proofs.plans import CONNECTED, require_entries, require_equivariant

# (parity of the function, function): an odd gate keeps its parity under an odd function and loses it under an even one.
GATES = ((-1, jnp.tanh), (1, jnp.abs))


@theorem(
    statement="a copy of an irrep times its activated gate is of the irrep that the product of the two representations "
    "is, with coefficients exactly 1",
    method="the irreps of the op for every irrep, parity of the gate and of its function; the blocks of 0 x l -> l",
    covers=("gate",),
    counts="irreps, gates and functions",
    assumes=CONNECTED,
)
def gate_output_is_the_product(lmax: int) -> int:
    count = 0
    for l, p, gate_p, (act_p, act) in itertools.product(range(1, lmax + 1), (1, -1), (1, -1), GATES):
        ir, scalar = Irrep(l, p), Irrep(0, gate_p)
        x = Irreps([(2, "0e"), (3, scalar), (3, ir)])
        found = gate(x, odd_gate_act=act, normalize_act=False)
        activated = Irrep(0, 1 if gate_p == 1 else act_p)
        (product,) = activated * ir
        wanted = Irreps([(2, "0e"), (3, product)])
        if found.regroup() != wanted:
            raise ProofFailed(f"gate({x}) with a function of parity {act_p} has the irreps {found}, should be {wanted}")
        gates, vectors = Irreps([(3, activated)]), Irreps([(3, ir)])
        irreps3, plan = plan_elementwise_tensor_product(gates, vectors)
        require_equivariant(plan, gates, vectors, irreps3)
        require_entries(plan.paths[0], {(0, i, i): 1 for i in range(ir.dim)}, f"{activated} x {ir}")
        count += 1
    return count
