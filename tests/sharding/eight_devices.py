"""What eight devices find: `python -m tests.sharding.eight_devices PATH` writes an npz file, and JSON beside it."""

import json
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

from eqlib.sharding import decompose, mesh_of
from eqlib.sharding.prediction import program_of
from eqlib.sharding.scaling import Case, measured
from eqlib.sharding.traffic import traffic
from tests.sharding.subjects import CASES, MODELS, SYSTEMS, params_of
from tests.sharding.training_subjects import NEQUIP, gradients, states


def main(path: Path) -> None:
    assert jax.device_count() == 8
    arrays, programs = {}, {}
    for name, case in CASES.items():
        model, (x, species, cell, pbc, edges) = MODELS[case.model], SYSTEMS[case.system]
        params = params_of(model)
        spread = decompose(x, species, edges, mesh_of(*case.grid), cell=cell, pbc=pbc, rounds=case.rounds)
        inputs = params, spread.tables, spread.place(x), None if cell is None else jnp.asarray(cell)
        program = program_of(model, spread.layout).lower(*inputs).compile()
        found = program(*inputs)
        of_atoms = {"energies": spread.gather(found.energies), "forces": spread.gather(found.forces)}
        whole = {"energy": found.energy, "stress": np.zeros(0) if found.stress is None else found.stress}
        arrays |= {f"{name}/{key}": np.asarray(value) for key, value in {**of_atoms, **whole}.items()}
        sizes = {"owned": spread.sizes.owned, "halo": spread.sizes.halo, "sends": len(spread.sizes.sends)}
        programs[name] = {**sizes, "traffic": traffic(program.as_text())}
    programs["scaling"] = measured(Case("NequIP", NEQUIP, 1), side=4, grid=2)._asdict()
    for kind, tree in (("gradients", gradients(8)), ("states", states(8))):
        for place, leaf in jax.tree.leaves_with_path(jax.device_get(tree)):
            arrays[f"{kind}{jax.tree_util.keystr(place)}"] = leaf
    np.savez(path, **arrays)
    path.with_suffix(".json").write_text(json.dumps(programs))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
