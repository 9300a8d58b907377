"""Atoms spread over devices: each holds its own, and the tables by which it learns of its neighbours."""

import dataclasses
from typing import Any, NamedTuple

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from eqlib.array_types import Array, Float, Integer, Shaped
from eqlib.errors import LayoutError
from eqlib.nn.options import whole
from eqlib.sharding.domains import domains
from eqlib.sharding.hosts import on_this_host
from eqlib.sharding.sizes import Sizes
from eqlib.sharding.tables import Tables, needs_of, tables_of
from eqlib.simulation.neighbors import Edges


class Layout(NamedTuple):
    """What a program is compiled for, beside the model: devices, sizes, and after how many rounds halos are stale."""

    mesh: Mesh
    repeats: tuple[bool, ...]
    rounds: int
    sizes: Sizes


@dataclasses.dataclass(frozen=True, eq=False)
class Decomposition:
    """Atoms spread over the devices of a mesh, as `decompose` makes it.

    layout  what a program is compiled for: decompositions of one layout share it
    atoms   [devices, owned], the atoms that each device owns, -1 where it has fewer
    tables  on the devices
    """

    layout: Layout
    atoms: Integer[np.ndarray, "devices owned"]
    tables: Tables

    @property
    def sizes(self) -> Sizes:
        """How much room each device has, for `decompose(..., sizes=...)` when atoms have moved."""
        return self.layout.sizes

    def place(self, values: Shaped[Array, "atoms ..."]) -> Shaped[jax.Array, "rows ..."]:
        """Values of atoms, each on the device that owns it; rows without an atom are 0."""
        values = np.asarray(values)
        rows = values[self.atoms.ravel()]
        rows[self.atoms.ravel() < 0] = 0
        return spread(rows, self.layout.mesh)

    def gather(self, values: Shaped[Array, "rows ..."]) -> Shaped[np.ndarray, "atoms ..."]:
        """Values of atoms in their first order, on the host, of every process: all of them travel there."""
        atoms, rows = self.atoms.ravel(), on_this_host(values)
        found = np.zeros((np.count_nonzero(atoms >= 0), *rows.shape[1:]), rows.dtype)
        found[atoms[atoms >= 0]] = rows[atoms >= 0]
        return found


def decompose(
    positions: Any,
    species: Any,
    edges: Edges,
    mesh: Mesh,
    *,
    cell: Any | None = None,
    pbc: Any = True,
    rounds: int = 1,
    along: tuple[int, ...] = (0, 1, 2),
    sizes: Sizes | None = None,
    room: float = 1.0,
) -> Decomposition:
    """Spreads atoms over a mesh of devices, whose axes cut space along the vectors of the cell.

    edges   as `NeighborList` finds them, or any others; edges with negative ends are left out
    mesh    its one, two or three axes cut vectors `along` of the cell, or axes of space if there is no cell
    rounds  how many rounds of messages the halo of a device serves. With 1, a device knows of the neighbours of its own
            atoms, and models of more rounds exchange the features of these after each; with the number of rounds of
            the model, positions alone are exchanged, and halos are deeper. Allegro needs 1.
    sizes   those of an earlier decomposition, to serve the program that was compiled for it
    room    if there are no sizes: by what factor they are greater than is needed now

    It is done by NumPy, for all atoms on every host. It holds while the edges do.

    Law:    every atom has one owner. Every edge, and every atom that it comes from, is where its receiver is owned.
    Shape:  positions [atoms, 3], species [atoms], edges [edges], cell [3, 3].
    Raises: RoomError if there is more than the sizes have room for: nothing is ever left out; LayoutError if the shapes
            do not fit, an edge ends at no atom, or the cell has no volume; ValueError if the mesh has more axes than
            space, or rounds is none.
    Source: Plimpton (1995), Journal of Computational Physics 117, 1: spatial decomposition.
    Example: a row of four atoms on one device
        >>> mesh = Mesh(np.array(jax.devices()[:1]), ("x",))
        >>> edges = Edges(np.array([1, 2, 3]), np.array([0, 1, 2]), np.zeros((3, 3), int))
        >>> spread_out = decompose(np.eye(4)[:, :3], np.zeros(4, int), edges, mesh)
        >>> spread_out.sizes
        Sizes(owned=4, edges=3, sends=())
        >>> print(spread_out.gather(spread_out.place(np.arange(4))))
        [0 1 2 3]
    """
    rounds = whole("decompose: rounds", rounds, 1)
    grid = mesh.devices.shape
    axes = _checked_axes(grid, along)
    positions, species = np.asarray(positions), np.asarray(species)
    periodic = np.broadcast_to(np.asarray(pbc, bool), 3) if cell is not None else np.zeros(3, bool)
    edges = _checked_edges(positions, species, edges)
    owners = domains(positions.astype(float), grid, _checked_cell(cell), periodic, axes)
    repeats = tuple(map(bool, periodic[list(axes)]))
    needs = needs_of(owners, edges, rounds, grid, repeats)
    if sizes is None:
        sizes = needs.sizes().with_room(room)
    sizes.require(needs.sizes())
    atoms, tables = tables_of(needs, species, edges, sizes)
    return Decomposition(Layout(mesh, repeats, rounds, sizes), atoms, spread(tables, mesh))


def spread(arrays: Any, mesh: Mesh) -> Any:
    """Arrays whose rows are divided over all devices of a mesh; of other hosts' rows nothing is sent."""
    sharding = NamedSharding(mesh, PartitionSpec(mesh.axis_names))
    return jax.tree.map(lambda x: jax.make_array_from_callback(x.shape, sharding, lambda rows: x[rows]), arrays)


def _checked_axes(grid: tuple[int, ...], along: tuple[int, ...]) -> tuple[int, ...]:
    axes = along[: len(grid)]
    if not 1 <= len(grid) <= 3 or len(axes) < len(grid) or not set(axes) <= {0, 1, 2} or len(set(axes)) < len(axes):
        raise ValueError(
            f"decompose: the mesh has {len(grid)} axes, and along is {along}: each axis is to cut another of the three "
            "directions of space.\n  Write a mesh of one, two or three axes, and along=(0, 1, 2)."
        )
    return axes


def _checked_cell(cell: Any) -> Float[np.ndarray, "3 3"] | None:
    if cell is None:
        return None
    cell = np.asarray(cell, float)
    if cell.shape != (3, 3) or np.linalg.det(cell) == 0:
        raise LayoutError(
            f"decompose: cell is {cell.tolist()}, and must be three vectors that do not lie in a plane.\n"
            "  Leave it out where nothing repeats."
        )
    return cell


def _checked_edges(positions: Any, species: Any, edges: Any) -> Edges:
    """The edges that are no padding."""
    if positions.ndim != 2 or positions.shape[1] != 3 or species.shape != positions.shape[:1] or not len(positions):
        raise LayoutError(
            f"decompose: positions has shape {positions.shape} and species {species.shape}: they must be [atoms, 3] "
            "and [atoms].\n  Give the place and the species of every atom."
        )
    senders, receivers, cell_shifts = map(np.asarray, edges)
    is_edge = (senders >= 0) & (receivers >= 0)
    edges = Edges(senders[is_edge], receivers[is_edge], cell_shifts[is_edge])
    last = max((int(ends.max(initial=-1)) for ends in edges[:2]), default=-1)
    if last >= len(positions):
        raise LayoutError(
            f"decompose: an edge ends at atom {last}, and there are {len(positions)}, numbered from 0.\n"
            "  Write edges=NeighborList(cutoff)(positions, cell, pbc)."
        )
    return edges
