"""The symmetric contraction of MACE with the bases of e3nn-jax, for the weights of eqlib's paths.

The polynomials of one degree to one irrep are a space, of which both libraries have a basis. What eqlib's paths are in
the basis of e3nn-jax is found by inner products of their tensors, and turns the weights of the one into those of the
other: the function is the same.
"""

import functools
import math
from typing import Any

import e3nn_jax as e3nn
import jax
import jax.numpy as jnp
import numpy as np

from eqlib.o3 import SymmetricPath, symmetric_contraction_paths, symmetric_couplings


def symmetric_contraction(x: Any, weights: Any, irreps_out: str, *, degree: int = 3) -> Any:
    """Of x [samples, mul x (ir1 + ir2 + ...)] and weights of each sample [samples, paths, mul]."""
    mul = x.irreps[0].mul
    irreps = e3nn.Irreps([ir for _, ir in x.irreps])
    own = _weights_in_own_basis(weights, str(irreps), irreps_out, degree)
    of_channels = functools.partial(_contraction, irreps_out=irreps_out, degree=degree)
    return jax.vmap(of_channels)(x.mul_to_axis(mul), own).axis_to_mul()


def _contraction(x: Any, weights: Any, *, irreps_out: str, degree: int) -> Any:
    """Of one sample, x [channels, irreps] and weights {(degree, irrep): [polynomials, channels]}.

    As Horner's rule has it, ((U3 w3 x + U2 w2) x + U1 w1) x: one factor x at a time, in all terms at once.
    """
    sums: dict[Any, Any] = {}
    for power in range(degree, 0, -1):
        for (_, ir), U in _basis(str(x.irreps), irreps_out, power):
            w = weights[power, str(ir)]
            if ir in sums:
                rest = sums[ir] + jnp.einsum("...jui,uc->c...ji", U, w)
                sums[ir] = jnp.einsum("c...ji,cj->c...i", rest, x.array)
            else:
                sums[ir] = jnp.einsum("...jui,uc,cj->c...i", U, w, x.array)
    wanted = e3nn.Irreps(irreps_out)
    return e3nn.from_chunks(wanted, [sums[ir][:, None] for _, ir in wanted], (x.shape[0],), x.dtype)


def _weights_in_own_basis(weights: Any, irreps: str, irreps_out: str, degree: int) -> dict[tuple[int, str], Any]:
    """{(degree, irrep): [..., polynomials, channels]} for weights [..., paths, channels]."""
    paths = symmetric_contraction_paths(irreps, irreps_out, degree=degree)
    found = {}
    for power in range(1, degree + 1):
        for (_, ir), U in _basis(irreps, irreps_out, power):
            rows = [n for n, path in enumerate(paths) if path.degree == power and str(path.ir_out) == str(ir)]
            change = np.stack([_in_basis(irreps, paths[n], U) for n in rows])
            found[power, str(ir)] = jnp.einsum("...pc,pu->...uc", weights[..., np.array(rows), :], change)
    return found


@functools.cache
def _basis(irreps: str, irreps_out: str, degree: int) -> list[tuple[Any, np.ndarray]]:
    """For each irrep, the symmetric tensors [j1, ..., polynomials, i]."""
    with jax.ensure_compile_time_eval():
        U = e3nn.reduced_symmetric_tensor_product_basis(irreps, degree, keep_ir=e3nn.Irreps(irreps_out))
        return [(mul_ir, np.asarray(u)) for mul_ir, u in zip(U.irreps, U.chunks, strict=True)]


def _in_basis(irreps: str, path: SymmetricPath, U: np.ndarray) -> np.ndarray:
    """A polynomial of eqlib as a sum of those of a basis [j1, ..., polynomials, i]: its coefficients [polynomials]."""
    slices = dict(zip([str(ir) for _, ir in e3nn.Irreps(irreps)], e3nn.Irreps(irreps).slices(), strict=True))
    counts = {ir: path.factors.count(ir) for ir in path.factors}
    T = symmetric_couplings([(ir.l, n) for ir, n in counts.items()], path.ir_out.l)[path.number].numpy()
    orders = math.factorial(path.degree) // math.prod(math.factorial(n) for n in counts.values())
    # U is symmetric in all factors, so that one order of them has the inner product of all.
    block = U[tuple(slices[str(ir)] for ir in path.factors)]
    flat, T, block = (t.reshape(-1, *t.shape[path.degree :]) for t in (U, T, block))
    products = math.sqrt(orders * path.ir_out.dim) * np.einsum("ji,jui->u", T, block)
    return np.linalg.solve(np.einsum("jui,jvi->uv", flat, flat), products)
