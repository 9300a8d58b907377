"""linear: the same weights for all nodes, weights by species, and weights mixed by a network."""

import jax.numpy as jnp

from bench import _cuequivariance
from bench.harness import Workload
from bench.workloads import LINEAR128, NEQUIP64, NODES, SPECIES, normals, species

SHARED, INDEXED, MIXED = 4 * 128**2, 3 * 64**2, 3 * 16**2
FEW16 = "16x0e + 16x1o + 16x2e"


def functional(lib, x, w, irreps_out):
    """e3nn-jax's linear map of one sample, mapped over the samples and, where they have their own, their weights."""
    layer = lib.FunctionalLinear(x.irreps, lib.Irreps(irreps_out))
    return lib.utils.vmap(lambda x: layer(w, x))(x) if w.ndim == 1 else lib.utils.vmap(layer)(w, x)


def functional_mixed(lib, x, w, mixing):
    """Each sample's weights are the sum of the table, weighted by its coefficients."""
    return functional(lib, x, jnp.dot(mixing, w) / jnp.sqrt(len(w)), FEW16)


WORKLOADS = (
    Workload(
        "linear",
        "linear128",
        NODES,
        (LINEAR128, normals(SHARED)),
        lambda lib, x, w: lib.linear(x, w, LINEAR128),
        e3nn_jax=lambda lib, x, w: functional(lib, x, w, LINEAR128),
        peers={"cuequivariance_jax": _cuequivariance.linear(LINEAR128)},
    ),
    Workload(
        "linear",
        "nequip64 by species",
        NODES,
        (NEQUIP64, normals(SPECIES, INDEXED), species),
        lambda lib, x, w, index: lib.linear(x, w, NEQUIP64, index=index),
        e3nn_jax=lambda lib, x, w, index: functional(lib, x, w[index], NEQUIP64),
    ),
    Workload(
        "linear",
        "mixed16",
        NODES,
        (FEW16, normals(8, MIXED), lambda rng, rows: rng.normal(size=(rows, 8))),
        lambda lib, x, w, mixing: lib.linear(x, w, FEW16, mixing=mixing),
        e3nn_jax=functional_mixed,
    ),
)
