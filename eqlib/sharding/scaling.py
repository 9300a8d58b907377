"""What a device sends for the atoms that it owns: `python -m eqlib.sharding.scaling` prints the tables of the README.

Programs are compiled for virtual devices of a CPU, and not run: the collectives are those of the compiled text.
"""

import argparse
import math
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.array_types import Float
from eqlib.models.allegro import Allegro
from eqlib.models.nequip import NequIP
from eqlib.sharding.decomposition import decompose
from eqlib.sharding.hosts import mesh_of
from eqlib.sharding.prediction import program_of
from eqlib.sharding.traffic import traffic
from eqlib.simulation.neighbors import NeighborList

DENSITY = 0.1  # atoms per cubic angstrom, as water has
CUTOFF = 5.0  # angstrom
DISORDER = 0.3  # of the distance of neighbours: atoms of a liquid are in no planes

LOCAL = Allegro(num_species=2, cutoff=CUTOFF)
MESSAGES = NequIP(num_species=2, cutoff=CUTOFF, features=64)


class Case(NamedTuple):
    """A model, and how many of its rounds of messages a halo serves."""

    name: str
    model: Any
    rounds: int


CASES = (
    Case("Allegro", LOCAL, 1),
    Case("NequIP, features exchanged", MESSAGES, 1),
    Case("NequIP, deep halo", MESSAGES, MESSAGES.num_layers),
)


class Row(NamedTuple):
    """Of one program, for a device: atoms, edges, messages and bytes in a step, of energy, forces and stress."""

    atoms: int
    devices: int
    halo: int
    law: float
    edges: int
    messages: int
    bytes: int
    reduced: int


def liquid(side: int) -> tuple[Float[np.ndarray, "atoms 3"], Float[np.ndarray, "3 3"]]:
    """side^3 atoms of the density of water, each near its place in a lattice, and the cell."""
    places = np.stack(np.meshgrid(*[np.arange(side)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    disordered = places + DISORDER * np.random.default_rng(0).uniform(-1, 1, places.shape)
    spacing = DENSITY ** (-1 / 3)
    return spacing * disordered, spacing * side * np.eye(3)


def halo_law(atoms: float, reach: float) -> float:
    """The atoms within `reach` of a cube in which there are `atoms`: at its faces, edges and corners.

    Example:
        >>> round(halo_law(1000, 5.0)), round(halo_law(8000, 5.0))
        (1952, 6638)
    """
    width = (atoms / DENSITY) ** (1 / 3)
    return DENSITY * (6 * width**2 * reach + 3 * math.pi * width * reach**2 + 4 / 3 * math.pi * reach**3)


def measured(case: Case, side: int, grid: int) -> Row:
    """`side`^3 atoms on each of `grid`^3 devices."""
    positions, cell = liquid(side * grid)
    edges = NeighborList(CUTOFF, skin=0.0)(positions, cell, (True, True, True))
    species = np.zeros(len(positions), np.int32)
    spread = decompose(positions, species, edges, mesh_of(grid, grid, grid), cell=cell, rounds=case.rounds)
    params = jax.eval_shape(case.model.init, jax.random.key(0), *case.model.inputs())
    rows = jax.ShapeDtypeStruct((spread.atoms.size, 3), jnp.float32)
    box = jax.ShapeDtypeStruct((3, 3), jnp.float32)
    program = program_of(case.model, spread.layout).lower(params, spread.tables, rows, box).compile().as_text()
    found = traffic(program)
    if found.keys() - {"collective-permute", "all-reduce"}:
        raise RuntimeError(f"a program that exchanges halos has {sorted(found)}: something else is sent, too.")
    sent, sizes = found["collective-permute"], spread.sizes
    law = halo_law(side**3, case.rounds * CUTOFF)
    return Row(side**3, grid**3, sizes.halo, law, sizes.edges, sent.number, sent.bytes, found["all-reduce"].bytes)


def least_grid(side: int, rounds: int) -> int:
    """The fewest devices in a direction such that no halo comes round the cell to where it has been."""
    return max(3, 1 + math.ceil(2 * rounds * CUTOFF / (side * DENSITY ** (-1 / 3))))


def table(name: str, rows: Sequence[Row]) -> str:
    """A table of Markdown."""
    head = ["atoms", "devices", "halo", "by the law", "edges", "messages", "kB", "bytes per atom", "all-reduce, bytes"]
    lines = [f"{name}:", "", "| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for row in rows:
        numbers = [row.atoms, row.devices, row.halo, round(row.law), row.edges, row.messages]
        texts = [f"{n:,}" for n in numbers] + [f"{row.bytes / 1e3:,.1f}", f"{row.bytes / row.atoms:,.0f}"]
        lines.append("| " + " | ".join([*texts, str(row.reduced)]) + " |")
    return "\n".join([*lines, ""])


def main(arguments: Sequence[str]) -> int:
    """Prints a table for each case, and one for more and more devices."""
    parser = argparse.ArgumentParser(prog="python -m eqlib.sharding.scaling", description=__doc__)
    parser.add_argument("--sides", type=int, nargs="+", default=[4, 8, 16], help="cube roots of atoms per device")
    parser.add_argument("--grids", type=int, nargs="+", default=[3, 4, 5, 6], help="cube roots of devices")
    chosen = parser.parse_args(arguments)
    grids = [least_grid(side, case.rounds) for case in CASES for side in chosen.sides]
    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_num_cpu_devices", max([*grids, *chosen.grids]) ** 3)
    for case in CASES:
        print(table(case.name, [measured(case, side, least_grid(side, case.rounds)) for side in chosen.sides]))
    print(table("Allegro, on more and more devices", [measured(CASES[0], 4, grid) for grid in chosen.grids]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
