"""Eight devices find what one does, to the rounding that an analysis of the program allows, and send halos alone."""

import dataclasses
import functools
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from eqlib.models import NequIP
from eqlib.nn.layer import Model
from eqlib.sharding import decompose, mesh_of, predict
from eqlib.sharding.prediction import program_of
from eqlib.simulation import predict as predict_on_one
from eqlib.testing.accuracy import EPS
from eqlib.testing.rounding import with_rounding_each
from tests.sharding.subjects import CASES, LIQUID, MODELS, SMALL, SYSTEMS, params_of
from tests.training.subjects import Pairs

NAMES = ("energy", "energies", "forces", "stress")


@functools.cache
def on_one_device(model: str, system: str) -> tuple[list[Any], list[Any]]:
    """Energy, energies, forces and stress, and bounds on their errors: for every order of summation."""
    of, (x, species, cell, _, edges) = MODELS[model], SYSTEMS[system]
    params, graph = params_of(of), [jnp.asarray(one) for one in (species, *edges)]

    def found(x: Any, cell: Any) -> list[Any]:
        energies, forces, stress = predict_on_one(of, params, x, cell, *graph)
        return [jnp.sum(energies), energies, forces, stress]

    @jax.jit
    def with_bounds(*inputs: Any) -> list[Any]:
        return with_rounding_each(found, inputs, [jnp.zeros_like(x) for x in inputs], EPS)

    pairs = with_bounds(jnp.asarray(x), jnp.asarray(np.eye(3) if cell is None else cell))
    values, bounds = zip(*pairs, strict=True)
    return list(map(np.asarray, values)), list(map(np.asarray, bounds))


@pytest.mark.parametrize("name", CASES)
def test_the_numbers_are_those_of_one_device(name, eight):
    case = CASES[name]
    values, bounds = on_one_device(case.model, case.system)
    assert np.max(bounds[2]) < 1e-6 * np.abs(values[2]).max()  # an atom that a halo lacks would be noticed
    for what, value, bound in zip(NAMES, values, bounds, strict=True):
        found = eight[0][f"{name}/{what}"]
        if what == "stress" and SYSTEMS[case.system].cell is None:
            assert found.size == 0
        else:
            # Either program is within the bound of what is exact.
            assert found.shape == value.shape and np.all(np.abs(found - value) <= 2 * bound), what


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_sent_but_halos_and_sums(name, eight):
    """Counted in the compiled program: positions there, forces back, features both ways; energy and virial."""
    case, program = CASES[name], eight[1][name]
    exchanged = {"NequIP, features exchanged": [4 * (1 + 3)], "MACE, features exchanged": [4]}
    widths = [3, *exchanged.get(name, [])]  # after the first round there are 0e and 1o, or with lmax = 0 no others
    messages, halo = program["sends"], program["halo"]
    traffic = {kind: tuple(found) for kind, found in program["traffic"].items()}
    assert traffic.pop("collective-permute") == (2 * messages * len(widths), 2 * 8 * halo * sum(widths))
    # The virial comes in two parts: of what strains the atoms, and of what strains the cell.
    virial = 0 if SYSTEMS[case.system].cell is None else 2 * 9
    assert traffic == {"all-reduce": (1, 8 * (1 + virial))}


def test_an_open_system_has_no_stress_and_rows_without_atoms_are_zero():
    model, (x, species, _, _, edges) = MODELS["Pairs"], SYSTEMS["molecule"]
    spread = decompose(x, species, edges, mesh_of(2), room=1.5)
    found = predict(model, params_of(model), spread, spread.place(x))
    assert found.stress is None
    is_empty = spread.atoms.ravel() < 0
    assert is_empty.sum() == 2 * 8 - 9
    assert not np.asarray(found.energies)[is_empty].any() and not np.asarray(found.forces)[is_empty].any()
    np.testing.assert_array_equal(found.energy, np.sum(np.asarray(found.energies)[~is_empty]))


@pytest.mark.parametrize("rounds, exchanged", [(1, 2), (2, 1), (3, 0)])
def test_features_are_exchanged_when_their_halo_is_used_up_inside_of_other_models_too(rounds, exchanged):
    """Read in the program before it is compiled: there and back, for each of three rounds but the last."""
    model, (x, species, cell, pbc, edges) = NequIP(**SMALL | {"num_layers": 3, "lmax": 0}), LIQUID
    spread = decompose(x, species, edges, mesh_of(2), cell=cell, pbc=pbc, rounds=rounds)
    assert len(spread.sizes.sends) == 1  # two devices are neighbours through either face
    params = jax.eval_shape(model.init, jax.random.key(0), *model.inputs())
    for of, its in ((model, params), (_Wrapped(model), {"model": params})):
        program = jax.make_jaxpr(program_of(of, spread.layout))(its, spread.tables, spread.place(x), cell)
        assert str(program).count(" ppermute[") == 2 * (1 + exchanged)


@dataclasses.dataclass(frozen=True)
class _Wrapped(Model):
    model: Any

    def forward(self, call: Any, *inputs: Any) -> Any:
        return call("model", self.model, *inputs)

    @property
    def cutoff(self) -> float:
        return self.model.cutoff


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_atoms_that_move_are_served_by_the_program_that_there_is(dtype):
    """Within the skin the tables hold; when atoms have new owners, sizes with room serve the same program."""
    model, (x, species, cell, pbc, edges) = MODELS["Pairs"], SYSTEMS["large"]
    params = jax.tree.map(lambda leaf: leaf.astype(dtype), params_of(model))
    x, cell, calls, sizes = x.astype(dtype), cell.astype(dtype), [], None

    class Counted(Pairs):
        def apply(self, *inputs: Any) -> Any:
            calls.append(1)
            return super().apply(*inputs)

    counted, mesh = Counted(model.cutoff), mesh_of(2)
    for step in range(3):
        moved = x + 0.8 * step * np.array([1.0, 0.5, 0.0], dtype)
        spread = decompose(moved, species, edges, mesh, cell=cell, pbc=pbc, sizes=sizes, room=2.0)
        sizes = spread.sizes
        forces = spread.gather(predict(counted, params, spread, spread.place(moved), cell).forces)
        want = predict_on_one(model, params, jnp.asarray(moved), jnp.asarray(cell), species, *edges).forces
        # Sums over fewer than 100 edges, of numbers that themselves are rounded thrice.
        np.testing.assert_allclose(forces, want, atol=100 * np.finfo(dtype).eps * np.abs(want).max())
        assert forces.dtype == dtype
    assert len(calls) == 1
