"""What a program sends is read from its text: every kind of collective, and the bytes of each."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import PartitionSpec

from eqlib.sharding import mesh_of
from eqlib.sharding.scaling import CUTOFF, DENSITY, Row, halo_law, least_grid, table
from eqlib.sharding.traffic import Traffic, traffic

SPREAD, SAME = PartitionSpec("a"), PartitionSpec()


def program(f, out) -> str:
    mapped = jax.shard_map(f, mesh=mesh_of(2), in_specs=SPREAD, out_specs=out, check_vma=False)
    return jax.jit(mapped).lower(jnp.ones((8, 2), jnp.float32)).compile().as_text()


@pytest.mark.parametrize(
    "f, out, want",
    [
        (lambda x: jax.lax.psum(jnp.sum(x), "a"), SAME, {"all-reduce": Traffic(1, 4)}),
        (lambda x: jax.lax.ppermute(x, "a", [(0, 1), (1, 0)]), SPREAD, {"collective-permute": Traffic(1, 32)}),
        (lambda x: jax.lax.all_gather(x, "a", tiled=True), SAME, {"all-gather": Traffic(1, 64)}),
        (lambda x: jax.lax.all_to_all(x, "a", 0, 0, tiled=True), SPREAD, {"all-to-all": Traffic(1, 32)}),
        (lambda x: 2 * x, SPREAD, {}),
    ],
    ids=["sum", "permutation", "gather", "all to all", "nothing"],
)
def test_collectives_are_found_with_their_bytes(f, out, want):
    assert traffic(program(f, out)) == want


def test_shapes_of_several_arrays_are_summed_and_programs_too():
    text = "  %r = (f64[], bf16[3,3]{1,0}) all-reduce(%a, %b), to_apply=%add\n"
    assert traffic(2 * text) == {"all-reduce": Traffic(2, 2 * (8 + 18))}


def test_what_is_asynchronous_is_refused():
    with pytest.raises(ValueError) as raised:
        traffic("%p = (f32[3]{0}, f32[3]{0}) collective-permute-start(%x)")
    assert str(raised.value) == (
        "traffic: the program has collective-permute-start, which is asynchronous.\n"
        '  Write jax.config.update("jax_platforms", "cpu") before anything else, and compile it again.'
    )


def test_a_row_of_the_note_is_what_the_program_sends(eight):
    """In float32: the halo's positions there and its forces back, with seven neighbours of eight devices."""
    row = Row(**eight[1]["scaling"])
    assert (row.atoms, row.devices, row.messages, row.law) == (64, 8, 2 * 7, halo_law(64, CUTOFF))
    assert row.bytes == 2 * 3 * 4 * row.halo
    assert row.reduced == 4 * (1 + 2 * 9)
    line = table("NequIP", [row]).splitlines()[-1]
    assert line.startswith(f"| 64 | 8 | {row.halo} | 478 | {row.edges:,} | 14 | {row.bytes / 1e3:,.1f} | ")


def test_a_grid_is_as_wide_as_halos_reach_round_it():
    assert [least_grid(side, rounds=1) for side in (2, 4, 16)] == [4, 3, 3]
    assert least_grid(4, rounds=3) == 5


def test_the_law_of_halos_counts_atoms_near_a_cube():
    """By Monte Carlo, within five standard deviations of the count."""
    reach, atoms, tries = 5.0, 200, 200_000
    width = (atoms / DENSITY) ** (1 / 3)
    side = width + 2 * reach
    points = np.random.default_rng(0).uniform(-reach, width + reach, (tries, 3))
    outside = np.linalg.norm(points - np.clip(points, 0, width), axis=1)
    share = np.mean((outside > 0) & (outside < reach))
    deviation = np.sqrt(share * (1 - share) / tries)
    assert abs(halo_law(atoms, reach) / (DENSITY * side**3) - share) < 5 * deviation
