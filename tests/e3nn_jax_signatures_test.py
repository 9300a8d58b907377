"""What both libraries have takes the parameters of e3nn-jax: the same names, order, kinds and defaults."""

import inspect
import re
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib

e3nn_jax = pytest.importorskip("e3nn_jax")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def instances(e3):
    """One value of each class, whose methods are compared."""
    array = e3.IrrepsArray("1o", jnp.ones((2, 3)))
    values = (e3.Irrep("1o"), e3.MulIrrep(2, e3.Irrep("1o")), e3.Irreps("1o"), array, e3.FunctionalLinear("1o", "1o"))
    return {type(value).__name__: value for value in values}


def shared():
    """By name, what can be called in both libraries: theirs and ours."""
    owners = {"": (e3nn_jax, eqlib)}
    theirs, ours = instances(e3nn_jax), instances(eqlib)
    owners |= {f"{name}.": (theirs[name], ours[name]) for name in theirs}
    for prefix, (left, right) in owners.items():
        for name in dir(left):
            is_method = not isinstance(inspect.getattr_static(left, name), property)
            if is_method and not name.startswith("_") and hasattr(right, name) and callable(getattr(left, name)):
                yield f"{prefix}{name}", getattr(left, name), getattr(right, name)
    yield "FunctionalLinear.__call__", theirs["FunctionalLinear"], ours["FunctionalLinear"]


SHARED = {name: (theirs, ours) for name, theirs, ours in shared()}

# None means the choice of e3nn_jax.config, which is "component" unless it was changed; here no choice is global.
NO_CONFIG = {
    ("tensor_product", "irrep_normalization"): "component",
    ("elementwise_tensor_product", "irrep_normalization"): "component",
    ("tensor_square", "irrep_normalization"): "component",
    ("spherical_harmonics", "normalization"): "component",
}
TAKES_A_NORMALIZATION = {
    "tensor_product": (lambda e3, x, **options: e3.tensor_product(x, x, **options)),
    "elementwise_tensor_product": (lambda e3, x, **options: e3.elementwise_tensor_product(x, x, **options)),
    "tensor_square": (lambda e3, x, **options: e3.tensor_square(x, **options)),
    "spherical_harmonics": (lambda e3, x, **options: e3.spherical_harmonics("2e", x, False, **options)),
}
# Former names, which pass on whatever they are given.
DEPRECATED = {
    f"IrrepsArray.{name}"
    for name in ("as_irreps_array", "factor_mul_to_last_axis", "filtered", "from_list", "remove_nones")
} | {f"IrrepsArray.{name}" for name in ("repeat_mul_by_last_axis", "sorted", "zeros", "zeros_like")}
# A shape may also be given as several integers.
SEVERAL_INTEGERS = {"IrrepsArray.reshape", "IrrepsArray.broadcast_to"}
# A method of tuples that neither library has.
NOT_IMPLEMENTED = {"Irreps.index"}

READABLE = sorted(SHARED.keys() - DEPRECATED - NOT_IMPLEMENTED)


def parameters(function) -> list[Any]:
    return list(inspect.signature(function).parameters.values())


def same(left, right):
    """Whether defaults are equal; a function of one library and its namesake of the other are."""
    is_pair = callable(left) and callable(right) and left is not inspect.Parameter.empty
    return left is right or left == right or (is_pair and left.__name__ == right.__name__)


def test_the_exceptions_are_shared_names():
    assert {name for name, _ in NO_CONFIG} | DEPRECATED | SEVERAL_INTEGERS | NOT_IMPLEMENTED <= SHARED.keys()
    assert len(READABLE) > 100


@pytest.mark.parametrize("name", READABLE)
def test_order_kinds_and_defaults(name):
    theirs, ours = map(parameters, SHARED[name])
    assert len(ours) >= len(theirs)
    for left, right in zip(theirs, ours, strict=False):
        if name not in SEVERAL_INTEGERS:
            assert right.kind is left.kind, left
        default = NO_CONFIG.get((name, left.name), left.default)
        assert same(default, right.default), left
    for further in ours[len(theirs) :]:
        assert further.default is not further.empty


@pytest.mark.parametrize(("name", "option"), NO_CONFIG)
def test_none_is_the_default_where_the_configuration_had_one(name, option):
    ours, theirs = (
        TAKES_A_NORMALIZATION[name](e3, e3.IrrepsArray("1o", jnp.array([1.0, -2.0, 0.5])), **{option: None})
        for e3 in (eqlib, e3nn_jax)
    )
    np.testing.assert_allclose(ours.array, theirs.array, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", sorted(SHARED.keys() - NOT_IMPLEMENTED))
def test_names(name):
    theirs, ours = SHARED[name]
    assert takes(ours, [p.name for p in parameters(theirs) if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)])
    assert not takes(ours, [*(p.name for p in parameters(theirs)), "of_neither"])


def takes(function, names):
    """Whether Python finds a parameter for each name, and a name for each parameter; the values are of no use."""
    try:
        function(**{name: object() for name in names})
    except Exception as error:
        refused = r"unexpected keyword|missing .*required|multiple values|was given \w+, and again"
        return not (type(error) is TypeError and re.search(refused, str(error)))
    return True


X, Y = eqlib.IrrepsArray("1o", jnp.array([1.0, -2.0, 0.5])), eqlib.IrrepsArray("1e", jnp.array([0.6, 0.0, 0.8]))
SCALARS = eqlib.IrrepsArray("2x0e", jnp.array([1.0, -2.0]))
ANGLES = {"a1": 0.3, "b1": 1.0, "c1": 2.0, "a2": -0.5, "b2": 0.2, "c2": 1.5}
DIFFERENT = {
    "cross": {"a": X, "b": Y},
    "dot": {"a": X, "b": X, "per_irrep": True},
    "tensor_product": {"input1": X, "input2": Y, "regroup_output": False},
    "elementwise_tensor_product": {"input1": X, "input2": Y, "filter_ir_out": ["0o", "2o"]},
    "tensor_square": {"input": X},
    "norm": {"array": X, "squared": True},
    "gate": {"input": SCALARS, "even_act": jnp.tanh, "normalize_act": False},
    "scalar_activation": {"input": SCALARS, "acts": [jnp.tanh], "normalize_act": False},
    "norm_activation": {"input": X, "acts": [jnp.tanh]},
    "soft_one_hot_linspace": {"input": 0.4, "start": 0.0, "end": 1.0, "number": 3, "basis": "cosine", "cutoff": True},
    "compose_angles": ANGLES,
    "inverse_angles": {"a": 0.3, "b": 1.0, "c": 2.0},
    "rotation_angle_from_angles": ANGLES,
    "axis_angle_to_quaternion": {"xyz": Y.array, "angle": 0.7},
    "inverse_log_coordinates": {"log": X.array},
    "IrrepsArray.reshape": {"shape": (1, 2, 3)},
    "IrrepsArray.broadcast_to": {"shape": (4, 2, 3)},
}


def test_every_name_that_differs_is_tried():
    differ = {n for n in READABLE for p, q in zip(*map(parameters, SHARED[n]), strict=False) if p.name != q.name}
    assert differ == DIFFERENT.keys() - SEVERAL_INTEGERS


@pytest.mark.parametrize("name", DIFFERENT)
def test_a_call_by_the_names_of_e3nn_jax(name):
    """Its numbers are those of a call by position, in the order of e3nn-jax; other tests compare these with its own."""
    theirs, ours = SHARED[name]
    given = inspect.signature(theirs).bind(**DIFFERENT[name])
    want, z = ours(*given.args, **given.kwargs), ours(**dict(reversed(DIFFERENT[name].items())))
    assert getattr(z, "irreps", None) == getattr(want, "irreps", None)
    for left, right in zip(jax.tree.leaves(want), jax.tree.leaves(z), strict=True):
        np.testing.assert_array_equal(right, left)


LAYERS = ("flax.Linear", "flax.MultiLayerPerceptron", "haiku.Linear", "haiku.MultiLayerPerceptron", "equinox.Linear")
# Required there, and optional here, since one core serves all frameworks; None finds the type from what else is given.
OTHER_LAYER_DEFAULTS = {
    ("haiku.MultiLayerPerceptron", "act"): None,
    ("equinox.Linear", "irreps_in"): None,
    ("equinox.Linear", "linear_type"): None,
}
# There channel_out comes second in haiku alone; here irreps_in does, which refuses the number that channel_out is.
OTHER_ORDER = {"haiku.Linear"}


def layer(e3, name):
    framework, _, kind = name.partition(".")
    return {p.name: p for p in parameters(getattr(getattr(e3, framework), kind))}


@pytest.mark.parametrize("name", LAYERS)
def test_layers_are_made_with_the_options_of_e3nn_jax(name):
    pytest.importorskip(name.partition(".")[0])
    theirs, ours = layer(e3nn_jax, name), layer(eqlib, name)
    assert theirs.keys() <= ours.keys()
    for option, parameter in theirs.items():
        # Every module of flax makes its own mark of what was not given.
        if option != "parent":
            default = OTHER_LAYER_DEFAULTS.get((name, option), parameter.default)
            assert same(default, ours[option].default), option
    placed = [p.name for p in theirs.values() if p.kind is p.POSITIONAL_OR_KEYWORD and p.name not in ("parent", "name")]
    assert (list(ours)[: len(placed)] == placed) == (name not in OTHER_ORDER)


def test_channel_out_in_the_place_of_irreps_in_is_refused():
    haiku = pytest.importorskip("haiku")
    x = eqlib.IrrepsArray("1o", jnp.ones((2, 3)))

    def run(*args, **options):
        return haiku.transform(lambda x: eqlib.haiku.Linear(*args, **options)(x)).init(jax.random.key(0), x)

    with pytest.raises(ValueError, match='Unable to interpret "5" as irreps'):
        run("1o", 5)
    assert run("1o", channel_out=5)
