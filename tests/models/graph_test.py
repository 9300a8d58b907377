"""The check of a graph of atoms: every message, and that what it says to write runs."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.errors import LayoutError
from eqlib.models.graph import check_graph
from eqlib.models.potential import all_pairs
from tests.models.subjects import ATOMS, EDGES, MODELS, POSITIONS, SPECIES, params_of

HINTS = {
    "positions": (
        lambda x, s, a, b: (x[None], s, a, b),
        "positions has shape (1, 4, 3), and must be [atoms, 3], the place of every atom.\n"
        "  For many frames, write jax.vmap(lambda x: model.apply(params, x, species, senders, receivers))(positions).",
    ),
    "plane": (
        lambda x, s, a, b: (x[:, :2], s, a, b),
        "positions has shape (4, 2), and must be [atoms, 3], the place of every atom.\n"
        "  For many frames, write jax.vmap(lambda x: model.apply(params, x, species, senders, receivers))(positions).",
    ),
    "species": (
        lambda x, s, a, b: (x, s[:2], a, b),
        "species has shape (2,) for 4 atoms: each has one.\n"
        "  Give them for every row of positions, such as jnp.zeros(len(positions), int) for one species.",
    ),
    "edges": (
        lambda x, s, a, b: (x, s, a[:1], b),
        "senders has shape (1,) and receivers has shape (12,): each edge has one of each.\n"
        "  Write senders, receivers = all_pairs(len(positions)) for every pair of atoms.",
    ),
    "float": (
        lambda x, s, a, b: (x, s, a, b.astype(np.float32)),
        "receivers holds float32, and must hold integers.\n  Write receivers.astype(int).",
    ),
}


def in_graph_check(graph):
    """`check_graph` has no annotated shapes, so that here its own words are heard before those of a type checker."""
    check_graph("NequIP", *graph)


@pytest.mark.parametrize("wrong", HINTS)
def test_arrays_that_are_no_graph_are_refused_even_under_jit(wrong: str):
    change, message = HINTS[wrong]
    graph = change(POSITIONS, SPECIES, *EDGES)
    for check in (in_graph_check, lambda graph: jax.eval_shape(in_graph_check, graph)):
        with pytest.raises(LayoutError) as raised:
            check(graph)
        assert str(raised.value) == f"NequIP: {message}"


def test_what_the_messages_about_a_graph_say_to_write_runs():
    model, positions = MODELS["NequIP"], POSITIONS[None]
    params = params_of(model)
    senders, receivers = all_pairs(len(POSITIONS))
    species = jnp.zeros(len(POSITIONS), int)
    frames = jax.jit(jax.vmap(lambda x: model.apply(params, x, species, senders, receivers)))(positions)
    assert frames.shape == (1, ATOMS, 1) and np.isfinite(frames.array).all()


@pytest.mark.parametrize(
    "shifts, message",
    [
        (
            np.zeros((12, 3), int),
            "shifts holds int64, and must hold lengths, in the unit of the positions: integers count the vectors of a "
            "cell.\n  Write cell_shifts @ cell.",
        ),
        (
            np.zeros(3),
            "shifts has shape (3,) for 12 edges: each has one, [12, 3], by which the image "
            "of its receiver is displaced.\n  Write cell_shifts @ cell, or leave it out where nothing repeats.",
        ),
    ],
)
def test_shifts_that_are_none_are_refused(shifts, message: str):
    with pytest.raises(LayoutError) as raised:
        check_graph("NequIP", POSITIONS, SPECIES, *EDGES, shifts)
    assert str(raised.value) == f"NequIP: {message}"
