"""Solid harmonics, and their derivatives of every order, from one family of plans.

Each partial derivative of a harmonic polynomial of degree l is a harmonic polynomial of degree l-1. The derivative of
Y_l along v is therefore linear in v and in Y_(l-1), and equivariant; up to a factor there is one such map, the
Clebsch-Gordan product:

    v.grad Y_l(x) = g_l sum C(1, l-1, l)[i, j, k] v_i Y_(l-1),j(x)

Euler's theorem for homogeneous functions, x.grad Y_l(x) = l Y_l(x), makes the same product a recurrence:

    Y_l(x) = g_l / l sum C(1, l-1, l)[i, j, k] x_i Y_(l-1),j(x)

and, at the y axis, where only the component m = 0 of any degree is not zero, it gives the factor: in the normalisation
`norm`, g_l = sqrt(l (2l-1) (2l+1)).

The product never enlarges an error in Y_(l-1) relative to the length of Y_l, so rounding errors only add up: 3 ulps at
degree 11 in float32. The recurrence of the Legendre polynomials is cheaper and loses 26 there, since near the pole it
subtracts almost equal numbers.
"""

import functools
import math

import jax
import jax.numpy as jnp

from eqlib.array_types import Float
from eqlib.lowering.contract import contract
from eqlib.o3 import Surd, exact_clebsch_gordan
from eqlib.plan import Path, Plan, Segment

NORMALIZATIONS = ("component", "norm", "integral")

Vectors = Float[jax.Array, "*batch 3"]
Harmonics = Float[jax.Array, "*batch {(lmax+1)**2}"]


@functools.partial(jax.jit, static_argnums=(1, 2), inline=True)
def solid_harmonics(x: Vectors, lmax: int, normalization: str) -> Harmonics:
    """Evaluates the solid harmonics of every degree up to `lmax`.

    Law:    Y_l(R x) = D^l(R) Y_l(x); homogeneous of degree l; zero Laplacian.
    Shape:  [..., 3] -> [..., (lmax+1)^2], degree 0 first.
    Scale:  on the unit sphere, component: every component has mean square 1; norm: the squares of a degree sum to 1;
            integral: the integral of every squared component is 1.
    Source: Varshalovich, Moskalev, Khersonskii (1988), ch. 5.
    """
    # A constant needs no rule of ours, and must have none: jvp(vmap(jit(f))) of JAX 0.10.2 has the mapped axis twice if
    # f has a custom_jvp and its value does not depend on the batch.
    return _harmonics(x, lmax, normalization) if lmax else _degree_zero(x, normalization)


def _degree_zero(x: Vectors, normalization: str) -> Float[jax.Array, "*batch 1"]:
    return jnp.full_like(x[..., :1], 1 / math.sqrt(4 * math.pi) if normalization == "integral" else 1.0)


@functools.partial(jax.custom_jvp, nondiff_argnums=(1, 2))
def _harmonics(x: Vectors, lmax: int, normalization: str) -> Harmonics:
    Y = [_degree_zero(x, normalization)]
    for l in range(1, lmax + 1):
        # As an einsum lmax = 6 compiles in 0.1 s and lmax = 11 in 0.25 s; as straight-line code, in 0.5 s and 3 s.
        Y.append(contract(plan_harmonics_step(l, normalization), x, Y[-1], lowering="einsum"))
    return jnp.concatenate(Y, axis=-1)


@_harmonics.defjvp
def _jvp(
    lmax: int, normalization: str, primals: tuple[Vectors], tangents: tuple[Vectors]
) -> tuple[Harmonics, Harmonics]:
    # The recurrence, differentiated step by step, would give the same numbers at the cost of a chain of lmax products.
    (x,), (v,) = primals, tangents
    Y = _harmonics(x, lmax, normalization)
    return Y, contract(plan_harmonics_gradient(lmax, normalization), v, Y[..., : lmax**2])


@functools.cache
def plan_harmonics_step(l: int, normalization: str) -> Plan:
    """The harmonics of degree `l` >= 1 from those one degree lower: (x, Y_(l-1)) -> Y_l.

    Example:
        >>> print(plan_harmonics_step(2, "norm"))
        in0: 1x3
        in1: 1x3
        out: 1x5
          in0[0] * in1[0] -> out[0]  u,u->u  √(15/2) CG(1,1,2)  11 nonzero
        33 flops, 44 bytes per sample in float32
    """
    scale = _gradient_size(l, normalization) / l
    return Plan((_degrees(1)[1:], _degrees(l - 1)[-1:], _degrees(l)[-1:]), (0, 1), (_path(0, 0, l, scale),))


@functools.cache
def plan_harmonics_gradient(lmax: int, normalization: str) -> Plan:
    """The directional derivative of the solid harmonics: (v, Y_0 ... Y_(lmax-1)) -> v.grad (Y_0 ... Y_lmax).

    Example:
        >>> print(plan_harmonics_gradient(2, "norm"))
        in0: 1x3
        in1: 1x1 + 1x3
        out: 1x1 + 1x3 + 1x5
          in0[0] * in1[0] -> out[1]  u,u->u  √3 CG(1,0,1)  3 nonzero
          in0[0] * in1[1] -> out[2]  u,u->u  √30 CG(1,1,2)  11 nonzero
        42 flops, 64 bytes per sample in float32
    """
    paths = [_path(l - 1, l, l, _gradient_size(l, normalization)) for l in range(1, lmax + 1)]
    return Plan((_degrees(1)[1:], _degrees(lmax - 1), _degrees(lmax)), (0, 1), tuple(paths))


def _path(read: int, write: int, l: int, scale: Surd) -> Path:
    return Path((0, read, write), ("u", "u", "u"), exact_clebsch_gordan(1, l - 1, l), scale)


def _degrees(lmax: int) -> tuple[Segment, ...]:
    return tuple(Segment((1,), 2 * l + 1) for l in range(lmax + 1))


def _gradient_size(l: int, normalization: str) -> Surd:
    """The factor g_l; `integral` differs from `component` by one factor of all degrees, which cancels here."""
    in_norm = Surd.sqrt(l * (2 * l - 1) * (2 * l + 1))
    ratio = Surd.sqrt(2 * l + 1) / Surd.sqrt(2 * l - 1)
    return in_norm if normalization == "norm" else ratio * in_norm
