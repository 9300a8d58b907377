"""Every model in every framework: the same parameters give the same bits."""

from typing import Any

import jax
import numpy as np
import pytest

import eqlib
from eqlib.nn.layer import paths_of
from tests.models.subjects import EDGES, MODELS, POSITIONS, SPECIES

hk = pytest.importorskip("haiku")
nnx = pytest.importorskip("flax.nnx")
pytest.importorskip("equinox")

FRAME = POSITIONS.astype(np.float32), SPECIES, *EDGES
HAIKU_NAMES = {"kernel": "w", "bias": "b", "Dense_0": "linear_0", "Dense_1": "linear_1"}


def bits(energies: Any) -> bytes:
    return np.asarray(energies.array).tobytes()


def in_haiku(params: dict, paths: list[tuple[str, ...]]) -> dict:
    """Nested parameters by the path of their module, as haiku has them."""
    found: dict[str, dict] = {}
    for path in paths:
        leaf: Any = params
        for name in path:
            leaf = leaf[name]
        *modules, name = ["model", *(HAIKU_NAMES.get(name, name) for name in path)]
        found.setdefault("/".join(modules), {})[name] = leaf
    return found


@pytest.mark.parametrize("name", MODELS)
def test_energies_are_bit_identical(name: str):
    core = MODELS[name]
    options = {field: getattr(core, field) for field in core.__dataclass_fields__}
    module = jax.jit(lambda key: eqlib.equinox.adapt(type(core))(**options, key=key))(jax.random.key(0))
    params = module._weights
    want = bits(jax.jit(core.apply)(params, *FRAME))
    assert bits(jax.jit(lambda module, *xs: module(*xs))(module, *FRAME)) == want
    linen = eqlib.flax.adapt(type(core))(**options)
    assert bits(jax.jit(linen.apply)({"params": params}, *FRAME)) == want
    other = eqlib.nnx.adapt(type(core))(**options, rngs=nnx.Rngs(7))
    nnx.update(other, nnx.State({"params": jax.tree.map(nnx.Param, params)}))
    assert bits(nnx.jit(lambda module, *xs: module(*xs))(other, *FRAME)) == want
    transformed = hk.without_apply_rng(
        hk.transform(lambda *xs: eqlib.haiku.adapt(type(core))(**options, name="model")(*xs))
    )
    theirs = in_haiku(params, paths_of(core.params(*FRAME)))
    shapes = jax.tree.map(lambda leaf: leaf.shape, jax.eval_shape(transformed.init, jax.random.key(0), *FRAME))
    assert jax.tree.map(lambda leaf: leaf.shape, theirs) == shapes
    assert bits(jax.jit(transformed.apply)(theirs, *FRAME)) == want
