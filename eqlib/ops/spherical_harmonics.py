"""Spherical harmonics of a vector."""

from collections.abc import Iterable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Float
from eqlib.arrays.irreps_array import IrrepsArray
from eqlib.errors import IrrepsError, LayoutError
from eqlib.lowering.harmonics import NORMALIZATIONS, harmonics_of_direction, solid_harmonics
from eqlib.o3 import Irrep, Irreps, MulIrrep, as_degree, as_floating, quoted
from eqlib.o3.array_namespace import working_dtype
from eqlib.ops._normalization import known_normalization

# What e3nn-jax lets its users ask for; here one algorithm serves every degree.
ALGORITHMS = ("recursive", "legendre", "dense", "sparse", "custom_jvp")


def spherical_harmonics(
    irreps_out: Any,
    input: Any,
    normalize: bool,
    normalization: str | None = "component",
    *,
    algorithm: tuple[str, ...] | None = None,
) -> IrrepsArray:
    """Evaluates the spherical harmonics of one vector: the irreps of every degree that a direction has.

    `irreps_out` is a degree, a list or range of degrees, or irreps; the parity of degree l is that of the vector to the
    power l. `normalize` asks for the harmonics of x/|x|, and of no direction at x = 0: only degree 0 is non-zero there,
    and every derivative is zero; otherwise Y_l(x) is a polynomial that grows as |x|^l. `algorithm` changes nothing: it
    is there for programs written for e3nn-jax.

    Law:    spherical_harmonics(D(g) x) = D'(g) spherical_harmonics(x) for all g in O(3); homogeneous of degree l, or 0
            if `normalize`; zero Laplacian unless `normalize`.
    Shape:  [..., 3] -> [..., irreps_out]; a plain array is read as a vector of the parity that `irreps_out` asks for.
    Scale:  on the unit sphere, component: every component has mean square 1; norm: the squares of a degree sum to 1;
            integral: the integral of every squared component is 1.
    Order:  as asked, repeated degrees and multiplicities repeated.
    Raises: IrrepsError if the input is not one vector, the parities do not fit, or an option is unknown; LayoutError if
            a plain array has not 3 components; ValueError, TypeError if a degree is no integer >= 0.
    Source: Varshalovich, Moskalev, Khersonskii (1988), ch. 5; the real basis of eqlib.o3.basis.
    Example:
        >>> x = IrrepsArray("1o", jnp.array([0.0, 2.0, 0.0]))
        >>> spherical_harmonics([0, 1, 2], x, normalize=False, normalization="norm")
        1x0e+1x1o+1x2e [1. 0. 2. 0. 0. 0. 4. 0. 0.]
    """
    normalization = known_normalization(normalization)
    _check_options(normalize, normalization, algorithm)
    parity, x = _vector(input)
    irreps = _irreps(irreps_out, parity)
    _check_parities(irreps, parity)
    dtype, x = x.dtype, x.astype(working_dtype(x.dtype))
    wanted = [ir.l for mul, ir in irreps for _ in range(mul)]
    degrees = sorted(set(wanted))
    Y = (harmonics_of_direction if normalize else solid_harmonics)(x, degrees, normalization)
    if wanted != degrees:
        ends = np.cumsum([2 * l + 1 for l in degrees], dtype=int).tolist()
        of_degree = {l: Y[..., end - (2 * l + 1) : end] for l, end in zip(degrees, ends, strict=True)}
        Y = jnp.concatenate([of_degree[l] for l in wanted], axis=-1)
    return IrrepsArray(irreps, Y.astype(dtype))


def _vector(input: Any) -> tuple[int | None, Float[jax.Array, "... 3"]]:
    """The parity, if it is known, and the components of the input."""
    if not isinstance(input, IrrepsArray):
        x = jnp.asarray(input)
        if x.ndim == 0 or x.shape[-1] != 3:
            raise LayoutError(
                f"spherical_harmonics: an array of shape {x.shape} is no vector: the last axis must be (x, y, z).\n"
                "  Write jnp.stack([x, y, z], axis=-1)."
            )
        return None, as_floating(x)[0]
    irreps = input.irreps.remove_zero_multiplicities()
    if len(irreps) != 1 or irreps[0].mul != 1 or irreps[0].ir.l != 1:
        raise IrrepsError(f"spherical_harmonics: {input.irreps} is not one vector, 1x1o or 1x1e.\n  {_hint(irreps)}")
    return irreps[0].ir.p, as_floating(jnp.asarray(input.array))[0]


def _hint(irreps: Irreps) -> str:
    vectors = [mul_ir for mul_ir in irreps if mul_ir.ir.l == 1]
    if not vectors:
        return "The harmonics are functions of a direction: give a vector, such as IrrepsArray('1o', positions)."
    first = vectors[0]
    alike = [mul_ir for mul_ir in vectors if mul_ir.ir == first.ir]
    if len(alike) == 1 and first.mul == 1:
        return f"Write x[..., '{first}']."
    one_segment = f"x[..., '{first}']" if len(alike) == 1 else f"x.filter(keep='{first.ir}').simplify()"
    return f"Write {one_segment}.mul_to_axis(), which has one vector along a new axis."


def _irreps(irreps_out: Any, parity: int | None) -> Irreps:
    """The irreps that are asked for, degrees being given the parity that the vector gives them."""
    if isinstance(irreps_out, str | Irrep | MulIrrep | Irreps):
        return Irreps(irreps_out)
    if not hasattr(irreps_out, "__index__") and not isinstance(irreps_out, Iterable):
        raise IrrepsError(
            f"spherical_harmonics: {irreps_out!r} names no irreps: a degree is an integer 0, 1, 2, ...\n"
            "  Write a degree, 2, a list of degrees, [0, 1, 2], or irreps, '0e + 1o + 2e'."
        )
    wanted = [irreps_out] if hasattr(irreps_out, "__index__") else list(irreps_out)
    if any(hasattr(l, "__index__") for l in wanted) and parity is None:
        raise IrrepsError(
            f"spherical_harmonics: the parity of degrees {wanted} is that of the vector, which a plain array has not.\n"
            "  Write IrrepsArray('1o', x) for a vector that an inversion reverses, IrrepsArray('1e', x) for one that\n"
            "  it does not, or name the irreps: '0e + 1o + 2e'."
        )
    return Irreps([(1, (as_degree(l), parity**l)) if hasattr(l, "__index__") else l for l in wanted])


def _check_parities(irreps: Irreps, parity: int | None) -> None:
    """Y_l is even if l is; for odd l it has the parity of the vector, which must be one and the same.

    A segment without copies asks for nothing, and so for nothing of a wrong parity.
    """
    odd = [ir.p for mul, ir in irreps if mul > 0 and ir.l % 2]
    p = parity or (odd[0] if odd else 1)
    right = Irreps([(mul, (ir.l, p**ir.l) if mul > 0 else ir) for mul, ir in irreps])
    if right != irreps:
        vector = Irreps([(1, (1, p))])
        raise IrrepsError(
            f"spherical_harmonics: {irreps} are not the harmonics of {vector}: degree l has the parity of the vector "
            f"to the power l.\n  Write spherical_harmonics({quoted(right)}, x, ...)."
        )


def _check_options(normalize: Any, normalization: str, algorithm: Any) -> None:
    if not isinstance(normalize, bool | np.bool_):
        raise IrrepsError(
            f"spherical_harmonics: normalize is {normalize!r}, and must be True or False.\n"
            "  Write normalize=True for the harmonics of x/|x|, normalize=False for polynomials in x."
        )
    if normalization not in NORMALIZATIONS:
        names = "'component', 'norm' or 'integral'"
        raise IrrepsError(f"spherical_harmonics: there is no normalization {normalization!r}.\n  Write {names}.")
    words = algorithm if isinstance(algorithm, tuple | list) else () if algorithm is None else (algorithm,)
    unknown = [word for word in words if word not in ALGORITHMS]
    if unknown:
        raise IrrepsError(
            f"spherical_harmonics: there is no algorithm {unknown[0]!r}; one serves every degree.\n"
            "  Leave out `algorithm`."
        )
