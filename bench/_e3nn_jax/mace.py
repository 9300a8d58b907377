"""MACE with the ops of e3nn-jax."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import e3nn_jax as e3nn
import numpy as np

from bench._e3nn_jax.parts import by_species, edges_of, linear, messages, one_hot, perceptron
from bench._e3nn_jax.symmetric_contraction import symmetric_contraction
from eqlib.o3 import symmetric_contraction_paths


def mace(model: Any, params: Mapping[str, Any], positions: Any, species: Any, senders: Any, receivers: Any) -> Any:
    """The energies of the atoms."""
    edges = edges_of(model, positions, senders, receivers, power=5)
    sums = _channels(model, model.lmax)
    x = linear(params["embedding"], _channels(model, 0), one_hot(model, species, positions.dtype))
    energies = 0.0
    for n in range(model.num_layers):
        own, is_last = params[f"interaction_{n}"], n == model.num_layers - 1
        wanted = _channels(model, 0 if is_last else model.message_lmax)
        up = linear(own["up"], x.irreps, x)
        weights = perceptron(own["radial"], edges.radial)
        incoming = messages(up, edges, weights, senders, receivers, [ir for _, ir in sums])
        incoming = linear(own["down"], sums, incoming / model.num_neighbors)
        products = _products(model, own["products"]["weights"], incoming, species, wanted)
        message = linear(own["message"], wanted, products)
        x = (message + by_species(own["self"], wanted, species, x)) / np.sqrt(2)
        read = params[f"readout_{n}"]
        energies += perceptron(read, x.array) if is_last else linear(read, "0e", x).array
    return energies[:, 0]


def _channels(model: Any, lmax: int) -> Any:
    """The channels of every degree up to lmax, each with the parity of its harmonics."""
    return e3nn.Irreps([(model.features, ir) for _, ir in e3nn.Irreps.spherical_harmonics(lmax)])


def _products(model: Any, weights: Any, sums: Any, species: Any, wanted: Any) -> Any:
    """The polynomials, with weights [species, paths, channels], of which each path has its share."""
    kept = str(e3nn.Irreps([ir for _, ir in wanted]))
    paths = symmetric_contraction_paths(str(sums.irreps), kept, degree=model.correlation)
    counts = Counter(path.ir_out for path in paths)
    shares = np.array([[counts[path.ir_out] ** -0.5] for path in paths])
    return symmetric_contraction(sums, (shares * weights)[species], kept, degree=model.correlation)
