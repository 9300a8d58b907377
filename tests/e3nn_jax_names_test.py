"""Of every public name of e3nn-jax that eqlib does not have, the error says so, and the code that it tells to write."""

import functools
import inspect
import pkgutil

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from eqlib._e3nn_jax_names import MISSING, MISSING_LAYERS
from eqlib.testing import Report

e3nn_jax = pytest.importorskip("e3nn_jax")


def test_every_public_name_of_e3nn_jax_is_here_or_explained():
    modules = {module.name for module in pkgutil.iter_modules(e3nn_jax.__path__)}
    public = {name for name in {*dir(e3nn_jax), *e3nn_jax.__all__, *modules} if not name.startswith("_")}
    assert {name for name in public if not hasattr(eqlib, name)} == MISSING.keys()


@pytest.mark.parametrize("name", MISSING)
def test_a_missing_name_is_no_attribute(name):
    assert not hasattr(eqlib, name) and name not in dir(eqlib)


MESSAGES = {
    "vmap": (
        "module 'eqlib' has no attribute 'vmap', a name of e3nn-jax: an IrrepsArray has no zero flags that the one of "
        "JAX would lose.\n  Write jax.vmap(fun)."
    ),
    "config": (
        "module 'eqlib' has no attribute 'config', a name of e3nn-jax: no choice is global, and what depends on one "
        "takes it as an argument.\n  Write eqlib.tensor_product(x, y, irrep_normalization='norm')."
    ),
    "SO3Signal": (
        "module 'eqlib' has no attribute 'SO3Signal', a name of e3nn-jax: functions on grids of the sphere and of "
        "SO(3) are not there yet."
    ),
    "utils": (
        "module 'eqlib' has no attribute 'utils', a name of e3nn-jax: eqlib.testing tests any function, and takes the "
        "irreps of its inputs instead of a key.\n  Write eqlib.testing.assert_equivariant(fun, in_='1o')."
    ),
    "tensor_prodct": "module 'eqlib' has no attribute 'tensor_prodct'",
}


@pytest.mark.parametrize("name", MESSAGES)
def test_message(name):
    with pytest.raises(AttributeError) as error:
        getattr(eqlib, name)
    assert str(error.value) == MESSAGES[name]


FRAMEWORKS = ("flax", "haiku", "equinox")


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_layer_of_e3nn_jax_is_here_or_explained(framework):
    theirs, ours = (pytest.importorskip(f"{package}.{framework}") for package in ("e3nn_jax", "eqlib"))
    public = {name for name in dir(theirs) if not name.startswith("_")}
    missing = MISSING_LAYERS.get(f"eqlib.{framework}", {})
    assert {name for name in public if not hasattr(ours, name)} == missing.keys()
    assert all(str(hint_of(ours, name)).count("a name of e3nn-jax: ") == 1 for name in missing)


def hint_of(x, name):
    with pytest.raises(AttributeError) as error:
        getattr(x, name)
    return error.value


def test_message_for_a_layer():
    assert str(hint_of(eqlib.haiku, "FullyConnectedTensorProduct")) == (
        "module 'eqlib.haiku' has no attribute 'FullyConnectedTensorProduct', a name of e3nn-jax: it is a product, "
        "then a linear layer.\n  Write eqlib.haiku.Linear(irreps_out)(eqlib.tensor_product(x1, x2))."
    )
    assert str(hint_of(eqlib.flax, "BatchNorm")) == (
        "module 'eqlib.flax' has no attribute 'BatchNorm', a name of e3nn-jax: no layer here keeps running statistics; "
        "with those of the batch alone it divides every copy by a length.\n"
        "  Write input / jnp.sqrt(eqlib.mean(eqlib.norm(input, squared=True), axis=0).array + eps)."
    )
    assert str(hint_of(eqlib.flax, "Liner")) == "module 'eqlib.flax' has no attribute 'Liner'"


def in_place_of(layer):
    """What the code in the message gives inside `hk.transform`; what flax has not, haiku has not either."""
    hk = pytest.importorskip("haiku")
    x = eqlib.normal("4x0e + 2x1o", jax.random.key(0), (50,), dtype=jnp.float64)
    given = {
        "input": x,
        "x": x,
        "x1": x,
        "x2": x,
        "rng": jax.random.key(1),
        "p": 0.5,
        "eps": 0.0,
        "irreps_out": "0e+1o",
    }
    code = MISSING_LAYERS["eqlib.haiku"][layer].code
    f = hk.transform(lambda: eval(code, {"eqlib": eqlib, "jax": jax, "jnp": jnp, **given}))
    return x, f.apply(f.init(jax.random.key(2)), jax.random.key(3))


def test_the_code_in_place_of_a_layer():
    x, z = in_place_of("BatchNorm")
    assert z.irreps == x.irreps
    np.testing.assert_allclose(eqlib.mean(eqlib.norm(z, squared=True), axis=0).array, 1, rtol=1e-12)
    x, z = in_place_of("Dropout")
    is_kept = (z == 2 * x).array
    assert np.all(is_kept | (z == 0).array) and 0.4 < np.mean(is_kept) < 0.6
    for name in ("FullyConnectedTensorProduct", "SymmetricTensorProduct"):
        _, z = in_place_of(name)
        assert z.irreps == "0e+1o" and z.shape == (50, 4) and np.all(np.isfinite(z.array)) and np.all(z.array != 0)


def test_every_method_of_e3nn_jax_is_here_or_explained():
    x = eqlib.normal("0e + 1o", jax.random.key(0), (3, 2), dtype=jnp.float64)
    public = {name for name in dir(e3nn_jax.IrrepsArray) if not name.startswith("_")}
    with pytest.warns(DeprecationWarning):
        assert {name for name in public if not hasattr(x, name)} == {"irreps_to_axis"}
    assert str(hint_of(x, "irreps_to_axis")) == (
        "'IrrepsArray' object has no attribute 'irreps_to_axis', a name of e3nn-jax, where it is not implemented.\n"
        "  Write eqlib.stack([x.slice_by_dim[i : i + d] for i in range(0, x.irreps.dim, d)], axis=-2) to undo "
        "x.axis_to_irreps() for irreps of dimension d."
    )
    y, d = x.axis_to_irreps(), x.irreps.dim
    parts = eqlib.stack([y.slice_by_dim[i : i + d] for i in range(0, y.irreps.dim, d)], axis=-2)
    assert parts.irreps == x.irreps and (parts == x).array.all()


def variables(e3):
    """What the code in the messages may name: the parameters of e3nn-jax."""
    rng = np.random.default_rng(0)
    coeffs = e3.IrrepsArray("0e + 1o + 2e", rng.normal(size=(4, 9)))
    return {
        "x": e3.IrrepsArray("1o", rng.normal(size=3)),
        "y": e3.IrrepsArray("1o", rng.normal(size=3)),
        "input": coeffs,
        "vector": e3.IrrepsArray("1o", rng.normal(size=3)),
        "coeffs": coeffs,
        "point": e3.IrrepsArray("1o", rng.normal(size=3)),
        "fun": lambda x: e3.norm(x, squared=True),
        "indices": jnp.array([0, 2, 2, 1]),
        "pos": jnp.asarray(rng.normal(size=(6, 3))),
        "position": rng.normal(size=3),
        "vectors": rng.normal(size=(5, 3)),
        "R": eqlib.rand_matrix(jax.random.key(0), dtype=jnp.float64),
        "weights": jnp.ones(3),
        "irreps_out": "0e + 1e + 2e",
        "p": np.array([2, 0, 1]),
        **{"out_dim": 5, "r_max": 1.5, "max_component": 0.7, "normalize": True},
        **{"lmax": 2, "degree": 2, "j": 1, "j1": 1, "j2": 2, "j3": 1},
    }


def known(name, e3):
    """The variables for one message: in `sh` the input is a plain array, everywhere else it has irreps."""
    plain = {"input": np.array([[1.0, -2.0, 0.5]])} if name == "sh" else {}
    return variables(e3) | plain


@functools.cache
def value_of(name):
    """What the code in the message gives."""
    return eval(MISSING[name].code, {"eqlib": eqlib, "jax": jax, "jnp": jnp, "np": np, **known(name, eqlib)})


@pytest.mark.parametrize("name", [name for name, missing in MISSING.items() if missing.code])
def test_the_code_runs(name):
    leaves = [leaf for leaf in jax.tree.leaves(value_of(name)) if not callable(leaf)]
    assert all(leaf.ok if isinstance(leaf, Report) else np.all(np.isfinite(leaf)) for leaf in leaves)


# Names that are no functions of e3nn-jax's own parameters; the others are called with the variables of these names.
# tensor_product_with_spherical_harmonics, of which the code is the definition, takes e3nn-jax too long to compile.
THERE = {
    "grad": lambda v: e3nn_jax.grad(v["fun"])(v["x"]),
    "vmap": lambda v: e3nn_jax.vmap(v["fun"])(v["coeffs"]),
    "irrep": lambda v: __import__("e3nn_jax.irrep").irrep.l1o,
    "perm": lambda v: np.array(e3nn_jax.perm.inverse(tuple(v["p"]))),
    "utils": lambda v: True,
    "legendre": lambda v: e3nn_jax.spherical_harmonics([0, 1, 2], e3nn_jax.IrrepsArray("1o", v["vectors"]), True),
}
HERE = {"vmap": lambda function: function(variables(eqlib)["coeffs"]), "utils": lambda report: report.ok}
SAME = (*THERE, "index_add", "radius_graph", "s2_dirac", "s2_irreps", "sh", "soft_normalization", "to_s2point")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", SAME)
def test_the_code_gives_what_e3nn_jax_gives(name):
    given = known(name, e3nn_jax)
    if name in THERE:
        want = THERE[name](given)
    else:
        function = getattr(e3nn_jax, name)
        want = function(**{p: given[p] for p in inspect.signature(function).parameters if p in given})
    z = HERE.get(name, lambda value: value)(value_of(name))
    assert str(getattr(z, "irreps", z)) == str(getattr(want, "irreps", want)) or not hasattr(want, "irreps")
    for left, right in zip(jax.tree.leaves(want), jax.tree.leaves(z), strict=True):
        np.testing.assert_allclose(right, left, rtol=1e-12, atol=1e-12)


def test_values_can_be_read_at_points_in_place_of_a_grid():
    assert MISSING["to_s2grid"].code == MISSING["SphericalSignal"].code == MISSING["to_s2point"].code


def test_a_product_with_weights_of_its_own_is_linear_after_a_product():
    """Every pair of irreps that legacy connects has its weight."""
    z = value_of("legacy")
    assert z.irreps == "0e + 1e + 2e" and np.all(np.abs(z.array) > 0)


def test_generators_are_those_of_e3nn_jax():
    for l in range(4):
        mine, theirs = eqlib.generators(l), e3nn_jax.generators(l)
        assert mine.dtype == theirs.dtype and isinstance(mine, np.ndarray)
        np.testing.assert_allclose(mine, theirs, atol=1e-14)
