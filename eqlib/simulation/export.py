"""A potential as one file that runs without eqlib: a program for any number of atoms and edges, and what it means."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
from jax import export

from eqlib.simulation.optional import need
from eqlib.simulation.prediction import checked_elements, dtype_of, params_in, predict
from eqlib.version import __version__

PROGRAM, DESCRIPTION = "program.bin", "potential.json"
UNITS = {"length": "angstrom", "energy": "eV", "forces": "eV/angstrom", "stress": "eV/angstrom^3"}


def export_potential(
    model: Any,
    params: Mapping[str, Any],
    *,
    dtype: Any | None = None,
    platforms: Sequence[str] = ("cpu",),
) -> bytes:
    """The potential as a program of XLA, with symbols for the numbers of atoms and edges.

    `jax.export.deserialize(program).call(positions, cell, species, senders, receivers, cell_shifts)` gives the energy
    of every atom, the forces and the stress. It knows no eqlib, and no type but arrays. On a GPU its messages are sums
    of the portable lowering, since a kernel is launched for a number of edges that is known.

    Law:    the numbers are those of the model; padding with edges whose ends are -1 changes none.
    Shape:  positions [atoms, 3], cell [3, 3] in `dtype`; species [atoms], senders and receivers [edges], cell_shifts
            [edges, 3] in int32 -> energies [atoms], forces [atoms, 3], stress [3, 3]. There is one atom at least, and
            one edge, be it padding. Where nothing repeats, the cell is any that has a volume.
    Units:  those of the model.
    Raises: ValueError if JAX has not the digits of `dtype`; ImportError if flatbuffers is not installed.
    Source: `jax.export` guarantees that the program is read for six months of its versions, as StableHLO is.
    Example:
        >>> import eqlib
        >>> model = eqlib.models.NequIP(num_species=1, cutoff=4.0, lmax=1, features=4, num_layers=1)
        >>> x, ends, species = jnp.eye(3), jnp.array([[0, 1, -1], [1, 0, -1]]), jnp.zeros(3, int)
        >>> params = jax.jit(model.init)(jax.random.key(0), x, species, ends[0, :2], ends[1, :2])
        >>> program = export.deserialize(export_potential(model, params))
        >>> energies, forces, stress = program.call(x, 9 * jnp.eye(3), species, *ends, jnp.zeros((3, 3), int))
        >>> energies.shape, forces.shape, stress.shape
        ((3,), (3, 3), (3, 3))
    """
    need("flatbuffers", "export_potential")
    params = params_in(params, dtype)
    atoms, edges = export.symbolic_shape("atoms, edges")
    floats, integers = dtype_of(params), jnp.int32
    inputs = {
        "positions": jax.ShapeDtypeStruct((atoms, 3), floats),
        "cell": jax.ShapeDtypeStruct((3, 3), floats),
        "species": jax.ShapeDtypeStruct((atoms,), integers),
        "senders": jax.ShapeDtypeStruct((edges,), integers),
        "receivers": jax.ShapeDtypeStruct((edges,), integers),
        "cell_shifts": jax.ShapeDtypeStruct((edges, 3), integers),
    }

    # A tuple in place of a Prediction: a name of eqlib in the signature could not be read without it.
    def program(*arrays: Any) -> tuple[Any, ...]:
        return tuple(predict(model, params, *arrays))

    exported = export.export(jax.jit(program), platforms=tuple(platforms))(*inputs.values())
    return bytes(exported.serialize())


def save_exported(
    path: str | Path,
    model: Any,
    params: Mapping[str, Any],
    elements: Sequence[int],
    *,
    dtype: Any | None = None,
    platforms: Sequence[str] = ("cpu",),
) -> None:
    """Writes a zip archive with the program of `export_potential`, and what a simulation must know to call it.

    `potential.json` has the elements, one for each species, the cutoff, the units, the dtype, the platforms, and the
    order of inputs and outputs; `program.bin` is for `jax.export.deserialize`.

    Raises: ValueError if `elements` does not fit the model; else as `export_potential`.
    Example: to read it without eqlib
        archive = zipfile.ZipFile(path)
        about = json.loads(archive.read("potential.json"))
        call = jax.jit(jax.export.deserialize(bytearray(archive.read("program.bin"))).call)
    """
    about = {
        "elements": checked_elements(elements, model),
        "cutoff": float(model.cutoff),
        "units": UNITS,
        "dtype": str(dtype_of(params_in(params, dtype))),
        "platforms": list(platforms),
        "inputs": ["positions", "cell", "species", "senders", "receivers", "cell_shifts"],
        "outputs": ["energies", "forces", "stress"],
        "edges": "positions[receivers] - positions[senders] + cell_shifts @ cell; an edge with the ends -1 is padding",
        "eqlib": __version__,
        "jax": jax.__version__,
    }
    program = export_potential(model, params, dtype=dtype, platforms=platforms)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(DESCRIPTION, json.dumps(about, indent=2))
        archive.writestr(PROGRAM, program)
