"""The names of e3nn-jax 0.21 that eqlib does not have: why, and what to write instead. Loaded only to say so."""

from typing import NamedTuple

_ON_GRIDS = "functions on grids of the sphere and of SO(3) are not there yet"
_AT_POINTS = "eqlib.dot(coeffs, eqlib.spherical_harmonics(coeffs.irreps, point, normalize=True))"
_CARTESIAN = "tensor products that are reduced under a symmetry of their indices are not there yet"
_REAL_BASIS = "eqlib has the real basis of O(3), and no half-integer spins"


class Missing(NamedTuple):
    """Why a name is missing, and code in its place, in which variables are called as the parameters of e3nn-jax."""

    why: str
    code: str | None = None


MISSING = {
    "SO3Signal": Missing(_ON_GRIDS),
    "SphericalSignal": Missing(f"{_ON_GRIDS}, but their values at points are", _AT_POINTS),
    "betas_to_spherical_signal": Missing(_ON_GRIDS),
    "config": Missing(
        "no choice is global, and what depends on one takes it as an argument",
        "eqlib.tensor_product(x, y, irrep_normalization='norm')",
    ),
    "experimental": Missing("its layers are not there yet"),
    "from_s2grid": Missing(_ON_GRIDS),
    "get_s2fft_grid_resolution": Missing(_ON_GRIDS),
    "grad": Missing(
        "a Jacobian in irreps is not there yet, but that of a scalar has the irreps of x by itself",
        "jax.grad(lambda x: fun(x).array.sum())(x)",
    ),
    "index_add": Missing(
        "e3nn-jax has deprecated it too", "eqlib.scatter_sum(input, dst=indices, output_size=out_dim)"
    ),
    "irrep": Missing("an irrep is named by a string", "eqlib.Irrep('1o')"),
    "legacy": Missing(
        "products with weights of their own are a product, then a linear map",
        "eqlib.linear(eqlib.tensor_product(x, y), weights, irreps_out)",
    ),
    "legendre": Missing(
        "harmonics are computed from x, y and z, without Legendre's functions",
        "eqlib.spherical_harmonics(range(lmax + 1), eqlib.IrrepsArray('1o', vectors), normalize=True)",
    ),
    "legendre_transform_from_s2grid": Missing(_ON_GRIDS),
    "legendre_transform_to_s2grid": Missing(_ON_GRIDS),
    "m0_values_to_irrepsarray": Missing(_ON_GRIDS),
    "perm": Missing(
        "to NumPy a permutation is an array of indices; p[q] composes two, and this inverts", "np.argsort(p)"
    ),
    "radius_graph": Missing(
        "which atoms are near is no matter of symmetry; for many of them or a crystal, use a neighbour list",
        "jnp.where(((r := jnp.linalg.norm(pos[:, None] - pos, axis=-1)) > 0) & (r < r_max))",
    ),
    "reduced_antisymmetric_tensor_product_basis": Missing(_CARTESIAN),
    "reduced_symmetric_tensor_product_basis": Missing(_CARTESIAN),
    "reduced_tensor_product_basis": Missing(_CARTESIAN),
    "s2_dirac": Missing(
        "the coefficients of a point mass are its harmonics, up to the area of the sphere",
        "eqlib.spherical_harmonics(range(lmax + 1), eqlib.IrrepsArray('1o', position), normalize=True) / (4 * jnp.pi)",
    ),
    "s2_irreps": Missing("they are the irreps of the harmonics", "eqlib.Irreps.spherical_harmonics(lmax)"),
    "sh": Missing(
        "the harmonics of a plain array are those of a vector",
        "eqlib.spherical_harmonics(irreps_out, eqlib.IrrepsArray('1e', input), normalize).array",
    ),
    "soft_normalization": Missing(
        "it is an activation of norms",
        "eqlib.norm_activation("
        "input, [lambda n: 1 / (1 + n / max_component * eqlib.sus(n / max_component))] * len(input.irreps))",
    ),
    "su2_clebsch_gordan": Missing(_REAL_BASIS, "eqlib.clebsch_gordan(j1, j2, j3)"),
    "su2_generators": Missing(_REAL_BASIS, "eqlib.generators(j)"),
    "tensor_product_with_spherical_harmonics": Missing(
        "there is no faster form of it yet",
        "eqlib.tensor_product(input, eqlib.spherical_harmonics(range(degree + 1), vector, normalize=True))",
    ),
    "to_s2grid": Missing(f"{_ON_GRIDS}, but their values at points are", _AT_POINTS),
    "to_s2point": Missing("it is a scalar product", _AT_POINTS),
    "utils": Missing(
        "eqlib.testing tests any function, and takes the irreps of its inputs instead of a key",
        "eqlib.testing.assert_equivariant(fun, in_='1o')",
    ),
    "vmap": Missing("an IrrepsArray has no zero flags that the one of JAX would lose", "jax.vmap(fun)"),
}


_BATCH_NORM = Missing(
    "no layer here keeps running statistics; with those of the batch alone it divides every copy by a length",
    "input / jnp.sqrt(eqlib.mean(eqlib.norm(input, squared=True), axis=0).array + eps)",
)

# The layers, by the module that has them in e3nn-jax.
MISSING_LAYERS = {
    "eqlib.flax": {"BatchNorm": _BATCH_NORM},
    "eqlib.haiku": {
        "BatchNorm": _BATCH_NORM,
        "Dropout": Missing(
            "it multiplies every copy by a random number, 0 or 1 / (1 - p)",
            "x * (jax.random.bernoulli(rng, 1 - p, (*x.shape[:-1], x.irreps.num_irreps)) / (1 - p))",
        ),
        "FullyConnectedTensorProduct": Missing(
            "it is a product, then a linear layer", "eqlib.haiku.Linear(irreps_out)(eqlib.tensor_product(x1, x2))"
        ),
        "SymmetricTensorProduct": Missing(
            "symmetric powers above the square are not there yet; up to it they are",
            "eqlib.haiku.Linear(irreps_out)(eqlib.concatenate([x, eqlib.tensor_square(x)]))",
        ),
    },
}


def explain(name: str, module: str = "eqlib") -> str:
    """The message for an attribute that eqlib, or a module of its layers, does not have.

    Example:
        >>> print(explain("irrep"))
        module 'eqlib' has no attribute 'irrep', a name of e3nn-jax: an irrep is named by a string.
          Write eqlib.Irrep('1o').
    """
    what, here = f"module {module!r} has no attribute {name!r}", MISSING_LAYERS.get(module, MISSING)
    if name not in here:
        return what
    missing = here[name]
    hint = f"\n  Write {missing.code}." if missing.code else ""
    return f"{what}, a name of e3nn-jax: {missing.why}.{hint}"
