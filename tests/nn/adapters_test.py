"""One core, four frameworks: the same numbers bit for bit, and classes that look like the framework's own."""

import inspect
import subprocess
import sys

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from eqlib import IrrepsArray, normal
from eqlib.nn import Linear, MultiLayerPerceptron
from eqlib.nn.layer import map_params
from tests.nn.layer_test import Block
from tests.to_rounding import require_same

flax = pytest.importorskip("flax")
eqx = pytest.importorskip("equinox")
hk = pytest.importorskip("haiku")
nnx = pytest.importorskip("flax.nnx")

KEY = jax.random.key(0)
X = normal("3x0e+2x1o", jax.random.key(1), (5,), dtype=jnp.float32)
INDEX = jnp.arange(5) % 3
FEATURES = jax.random.normal(jax.random.key(2), (5, 4), jnp.float32)
DISTANCE = jnp.linspace(0.0, 1.0, 5, dtype=jnp.float32)[:, None]
SEEN = {"irreps_in": "3x0e+2x1o"}

CASES = {
    "linear": (Linear, ("1o+3x0e+1o",), SEEN, (X,)),
    "indexed": (Linear, ("1o+3x0e",), SEEN | {"num_indexed_weights": 3, "biases": True}, (INDEX, X)),
    "mixed": (Linear, ("1o+3x0e",), SEEN | {"weights_dim": 4}, (FEATURES, X)),
    "channels": (Linear, ("1o+3x0e",), SEEN | {"channel_in": 5, "channel_out": 2}, (X,)),
    "perceptron": (
        MultiLayerPerceptron,
        ((6, 2), jax.nn.silu),
        {"with_bias": True, "input_size": 4},
        (FEATURES,),
    ),
    "model": (Block, (), {}, (X[..., :6], DISTANCE)),
}


def modules(layer):
    """The class of a layer in linen, nnx, equinox and haiku."""
    return [adapter.adapt(layer) for adapter in (eqlib.flax, eqlib.nnx, eqlib.equinox, eqlib.haiku)]


@pytest.mark.parametrize("case", CASES)
def test_outputs_are_bit_identical(case):
    """The same parameters give the same bits in every framework, and without one."""
    layer, args, options, inputs = CASES[case]
    linen, in_nnx, in_eqx, in_haiku = modules(layer)
    core = layer(*args, **options)
    module = in_eqx(*args, **options, key=KEY)
    params = module._weights
    want = core.apply(params, *inputs)
    assert bits(module(*inputs)) == bits(want)
    assert bits(linen(*args, **options).apply({"params": params}, *inputs)) == bits(want)
    other = in_nnx(*args, **options, rngs=nnx.Rngs(7))
    assert bits(other(*inputs)) != bits(want)
    nnx.update(other, nnx.State({"params": jax.tree.map(nnx.Param, params)}))
    assert bits(other(*inputs)) == bits(want)
    transformed = hk.without_apply_rng(hk.transform(lambda *xs: in_haiku(*args, **options)(*xs)))
    theirs = transformed.init(KEY, *inputs)
    ours = iter(leaves_in_order(core.params(*inputs), params))
    theirs = {path: {name: next(ours) for name in group} for path, group in theirs.items()} if case != "model" else None
    if theirs is not None:
        assert bits(transformed.apply(theirs, *inputs)) == bits(want)


def leaves_in_order(specs, params):
    found = []

    def visit(path, _):
        leaf = params
        for name in path:
            leaf = leaf[name]
        found.append(leaf)

    map_params(visit, specs)
    return found


def bits(z):
    return np.asarray(getattr(z, "array", z)).tobytes()


def test_a_model_in_haiku_has_the_names_of_its_layers():
    """Nested names are paths, and its numbers are those of the core."""
    *_, in_haiku = modules(Block)
    transformed = hk.without_apply_rng(hk.transform(lambda *xs: in_haiku()(*xs)))
    x = X[..., :6]
    params = transformed.init(KEY, x, DISTANCE)
    assert set(params) == {"block", "block/up", "block/down", "block/radial/linear_0", "block/radial/linear_1"}
    nested = {
        "up": params["block/up"],
        "radial": {f"Dense_{n}": {"kernel": params[f"block/radial/linear_{n}"]["w"]} for n in (0, 1)},
        "shift": params["block"]["shift"],
        "down": params["block/down"],
    }
    assert bits(transformed.apply(params, x, DISTANCE)) == bits(Block().apply(nested, x, DISTANCE))


def test_the_linear_layer_of_the_talk():
    lin = eqlib.flax.Linear("1o + 3x0e + 1o")
    a = IrrepsArray("3x0e + 2x1o", jnp.arange(9.0))
    w = lin.init(jax.random.key(0), a)
    assert {name: p.shape for name, p in w["params"].items()} == {
        "w[0,1] 3x0e,3x0e": (3, 3),
        "w[1,0] 2x1o,1x1o": (2, 1),
        "w[1,2] 2x1o,1x1o": (2, 1),
    }
    b = lin.apply(w, a)
    assert b.irreps == "1o + 3x0e + 1o"
    vectors, matrix = a[..., "2x1o"].array.reshape(2, 3), w["params"]["w[1,0] 2x1o,1x1o"][:, 0]
    np.testing.assert_allclose(b.array[:3], matrix @ vectors / np.sqrt(2), rtol=4 * np.finfo(np.float32).eps)


def test_jit_vmap_and_grad_of_a_linen_layer():
    lin = eqlib.flax.Linear("1o + 3x0e")
    w = lin.init(KEY, X)
    want = lin.apply(w, X).array
    rounding = 4 * np.finfo(np.float32).eps * np.max(np.abs(want))  # sums of three products in float32
    np.testing.assert_allclose(jax.jit(lin.apply)(w, X).array, want, rtol=0, atol=rounding)
    np.testing.assert_allclose(jax.vmap(lin.apply, (None, 0))(w, X).array, want, rtol=0, atol=rounding)
    gradient = jax.grad(lambda w: jnp.sum(lin.apply(w, X).array[:, 3:]))(w)["params"]
    np.testing.assert_array_equal(gradient["w[1,0] 2x1o,1x1o"], 0.0)
    scalars = X.array[:, :3].sum(axis=0)
    size = np.abs(X.array[:, :3]).sum(axis=0).max()
    got, want = gradient["w[0,1] 3x0e,3x0e"], np.repeat(scalars[:, None], 3, 1) / np.sqrt(3)
    np.testing.assert_allclose(got, want, rtol=0, atol=5 * np.finfo(np.float32).eps * size)  # a sum over five samples


def test_a_checkpoint_of_flax_goes_and_comes_back():
    """Through msgpack, with every bit."""
    lin = eqlib.flax.adapt(Block)()
    w = lin.init(KEY, X[..., :6], DISTANCE)
    empty = jax.tree.map(jnp.zeros_like, w)
    back = flax.serialization.from_bytes(empty, flax.serialization.to_bytes(w))
    assert jax.tree.structure(back) == jax.tree.structure(w)
    assert bits(lin.apply(back, X[..., :6], DISTANCE)) == bits(lin.apply(w, X[..., :6], DISTANCE))


def test_missing_parameters_are_told_by_flax():
    with pytest.raises(flax.errors.FlaxError, match="w\\[0,0\\] 3x0e,1x0e"):
        eqlib.flax.Linear("0e").apply({}, X)


def test_equinox_modules_are_values():
    """DEFECTS B14: equal modules map together, and a rebuilt one does not compile again."""
    first, second = (eqlib.equinox.Linear("1o + 0e", irreps_in=X.irreps, key=jax.random.key(n)) for n in (0, 1))

    def modules_of(leaves):
        return [jax.tree.unflatten(jax.tree.structure(first), half) for half in (leaves[:2], leaves[2:])]

    def of_total(x, *leaves):
        return jax.tree.map(jnp.add, *modules_of(leaves))(IrrepsArray(X.irreps, x)).array

    def total(x, *leaves):
        return sum(module(IrrepsArray(X.irreps, x)).array for module in modules_of(leaves))

    require_same(of_total, total, *(a.astype(jnp.float64) for a in (X.array, *jax.tree.leaves((first, second)))))
    traces = []

    @eqx.filter_jit
    def call(module, x):
        traces.append(module)
        return module(x)

    call(first, X), call(second, X)
    assert len(traces) == 1


def test_equinox_mixes_channels_like_the_others():
    """DEFECTS B14: the axis before the irreps becomes channel_out."""
    module = eqlib.equinox.Linear("1o+0e", irreps_in=X.irreps, channel_in=5, channel_out=2, key=KEY)
    assert module(X).shape == (2, 4)
    assert module(normal("3x0e+2x1o", KEY, (7, 5))).shape == (7, 2, 4)


def test_nnx_modules_split_and_merge():
    module = eqlib.nnx.Linear("1o + 0e", irreps_in=X.irreps, rngs=nnx.Rngs(0))
    graph, state = nnx.split(module)
    assert sum(p.size for p in jax.tree.leaves(state)) == 5
    assert bits(nnx.merge(graph, state)(X)) == bits(module(X))
    gradient = nnx.grad(lambda module: jnp.sum(module(X).array ** 2))(module)
    assert all(jnp.any(g != 0) for g in jax.tree.leaves(gradient))


@pytest.mark.parametrize("layer", [Linear, MultiLayerPerceptron])
def test_classes_show_what_they_take(layer):
    """The signature is the layer's, with what the framework adds; so are the name and the documentation."""
    own = list(inspect.signature(layer).parameters)
    for module, extra in zip(modules(layer), (["parent", "name"], ["rngs"], ["key"], ["name"]), strict=True):
        assert list(inspect.signature(module).parameters) == own + extra
        assert module.__name__ == layer.__name__
        assert inspect.getdoc(module).startswith(inspect.getdoc(layer).splitlines()[0])
        assert ">>>" not in module.__doc__


def test_instances_show_their_options():
    linen, in_nnx, in_eqx, in_haiku = modules(Linear)
    shown = [repr(linen("2x1o")), repr(in_nnx("2x1o", "1o", rngs=nnx.Rngs(0)))]
    shown.append(hk.transform(lambda: repr(in_haiku("2x1o"))).apply({}, None))
    for text in shown:
        assert text.startswith("Linear(") and "2x1o" in text
    assert "w[0,0] 1x1o,2x1o" in repr(in_eqx("2x1o", "1o", key=KEY))


def test_eager_frameworks_ask_for_the_input():
    with pytest.raises(eqlib.IrrepsError, match="needs irreps_in, for its parameters are made before"):
        eqlib.equinox.Linear("1o", key=KEY)
    with pytest.raises(eqlib.IrrepsError, match="needs input_size"):
        eqlib.nnx.MultiLayerPerceptron((3,), rngs=nnx.Rngs(0))


def test_a_missing_framework_is_named_with_its_remedy():
    """In an interpreter in which the frameworks cannot be imported; everything else works there."""
    code = (
        "import sys; sys.modules.update(flax=None, equinox=None, haiku=None)\n"
        "import eqlib\n"
        "for name in ('flax', 'nnx', 'equinox', 'haiku'):\n"
        "    try: getattr(eqlib, name)\n"
        "    except ImportError as error: print(error)\n"
        "print(hasattr(eqlib, 'torch'), eqlib.nn.Linear('0e').irreps_out)"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert printed.splitlines() == [
        "eqlib.flax needs flax, which is not installed: pip install eqlib[flax]",
        "eqlib.nnx needs flax, which is not installed: pip install eqlib[flax]",
        "eqlib.equinox needs equinox, which is not installed: pip install eqlib[equinox]",
        "eqlib.haiku needs haiku, which is not installed: pip install eqlib[haiku]",
        "False 1x0e",
    ]
