"""What prove takes: arguments in pytrees, weights as unknowns, modules of every framework with their parameters."""

import flax.linen
import flax.nnx
import haiku
import jax
import jax.numpy as jnp
import numpy as np
import pytest

import eqlib
from eqlib.errors import IrrepsError, LayoutError
from eqlib.testing.exact.proof import Decision
from eqlib.testing.proving import prove


def scaled(params, inputs):
    return {"y": jnp.einsum("ij,jk->ik", params["w"], inputs["x"].reshape(2, 3)).reshape(-1) * params["scale"]}


@pytest.mark.parametrize(
    "in_", [(None, {"x": "2x1o"}), ("weights", {"x": "2x1o"}), ({"w": None, "scale": None}, {"x": "2x1o"})]
)
def test_floating_arrays_that_are_left_alone_are_unknowns(in_):
    example = ({"w": np.ones((3, 2)), "scale": np.float64(1.0)}, {"x": None})
    proof = prove(scaled, in_, {"y": "3x1o"}, example=example, as_plain_arrays=True)
    assert proof.verdict is Decision.PROVED, str(proof)


def test_a_fault_that_needs_some_weights_is_found():
    def layer(w, x):
        return x * w[0] + w[1]  # equivariant for the weights of its initialisation

    proof = prove(layer, (None, "1o"), "1o", example=(np.array([1.0, 0.0]), None), as_plain_arrays=True)
    assert proof.verdict is Decision.REFUTED, str(proof)


def test_integers_that_are_left_alone_are_what_they_are():
    proof = prove(lambda n, x: x**n, (None, "0o"), "0e", example=(2, None), as_plain_arrays=True)
    assert proof.verdict is Decision.PROVED
    assert prove(lambda n, x: x**n, (None, "0o"), "0e", example=(3, None), as_plain_arrays=True).lines


class Wrong(flax.linen.Module):
    @flax.linen.compact
    def __call__(self, x):
        return eqlib.IrrepsArray(x.irreps, flax.linen.Dense(x.irreps.dim)(x.array))


MODULES = {
    "linen": lambda: eqlib.flax.Linear("2x0e + 1o"),
    "equinox": lambda: eqlib.equinox.Linear("2x0e + 1o", irreps_in="0e + 2x1o", key=jax.random.key(0)),
    "nnx": lambda: eqlib.nnx.Linear("2x0e + 1o", irreps_in="0e + 2x1o", rngs=flax.nnx.Rngs(0)),
    "haiku": lambda: haiku.transform(lambda x: eqlib.haiku.Linear("2x0e + 1o")(x)),
}


@pytest.mark.parametrize("framework", MODULES)
def test_a_layer_of_every_framework_is_proved(framework):
    proof = prove(MODULES[framework](), "0e + 2x1o", "2x0e + 1o", name=framework)
    assert proof.verdict is Decision.PROVED, str(proof)


def test_a_dense_layer_on_vectors_is_refuted():
    proof = prove(Wrong(), "1o", "1o")
    assert proof.verdict is Decision.REFUTED and proof.lines[0].startswith("broken: rotation"), str(proof)


def test_descriptions_that_do_not_fit_are_refused():
    with pytest.raises(IrrepsError):
        prove(eqlib.cross, ("1o", "1o"), "1o")
    with pytest.raises(LayoutError):
        prove(lambda x: jnp.sum(x), "1o", None, as_plain_arrays=True)
