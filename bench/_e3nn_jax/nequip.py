"""NequIP with the ops of e3nn-jax."""

from collections.abc import Mapping
from typing import Any

import e3nn_jax as e3nn
import numpy as np

from bench._e3nn_jax.parts import SILU, TANH, by_species, edges_of, linear, messages, one_hot, perceptron

ACTIVATIONS = {"even_act": SILU, "odd_act": TANH, "even_gate_act": SILU}


def nequip(model: Any, params: Mapping[str, Any], positions: Any, species: Any, senders: Any, receivers: Any) -> Any:
    """The energies of the atoms."""
    edges = edges_of(model, positions, senders, receivers)
    x = linear(params["embedding"], f"{model.features}x0e", one_hot(model, species, positions.dtype))
    every = [e3nn.Irrep(l, p) for l in range(model.lmax + 1) for p in (1, -1)]
    for n in range(model.num_layers):
        own, wanted = params[f"interaction_{n}"], every if n < model.num_layers - 1 else [e3nn.Irrep("0e")]
        up = linear(own["up"], x.irreps, x)
        incoming = messages(up, edges, perceptron(own["radial"], edges.radial), senders, receivers, wanted)
        incoming = incoming / model.num_neighbors
        gated = _before_gate([(model.features, ir) for ir in wanted if ir in incoming.irreps])
        down = linear(own["down"], gated, incoming, force_irreps_out=True)
        kept = by_species(own["self"], gated, species, x)
        x = e3nn.gate((down + kept) / np.sqrt(2), **ACTIVATIONS, normalize_act=False)
    x = linear(params["readout"], f"{model.readout}x0e", x)
    return linear(params["energy"], "0e", x).array[:, 0]


def _before_gate(irreps: list[tuple[int, Any]]) -> Any:
    """The features, with a scalar more for each that is none."""
    vectors = [one for one in irreps if one[1].l > 0]
    gates = [(sum(mul for mul, _ in vectors), "0e")] if vectors else []
    return e3nn.Irreps([one for one in irreps if one[1].l == 0] + gates + vectors)
