"""One of two hosts with two devices each: `python -m tests.sharding.two_hosts HOST PORT FOLDER`."""

import sys
from pathlib import Path

import jax
import numpy as np

from eqlib.sharding import decompose, mesh_of, predict
from eqlib.training import read_config, train
from tests.sharding.subjects import MODELS, SYSTEMS, params_of


def main(host: int, port: str, folder: Path) -> None:
    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    jax.distributed.initialize(f"localhost:{port}", num_processes=2, process_id=host)
    assert (jax.local_device_count(), jax.device_count()) == (2, 4)
    model, (x, species, cell, pbc, edges) = MODELS["Pairs"], SYSTEMS["large"]
    spread = decompose(x, species, edges, mesh_of(4), cell=cell, pbc=pbc)
    found = predict(model, params_of(model), spread, spread.place(x), cell)
    assert not found.forces.is_fully_addressable and found.energy.is_fully_replicated
    forces = spread.gather(found.forces)
    trained = train(read_config(folder / "config.toml"))
    params = {jax.tree_util.keystr(place): leaf for place, leaf in jax.tree.leaves_with_path(trained.potential.params)}
    np.savez(folder / f"host_{host}.npz", energy=found.energy, forces=forces, **params)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
