"""Two processes, each with two devices, as on two hosts: one program, one result, one output."""

import contextlib
import socket

import jax
import numpy as np
import pytest

from eqlib.sharding import mesh_of
from eqlib.simulation import predict as predict_on_one
from eqlib.testing.accuracy import EPS
from eqlib.training import read_config, train
from tests.sharding.subjects import MODELS, SYSTEMS, params_of, require_done, run
from tests.training.subjects import write_config


def free_port() -> int:
    with contextlib.closing(socket.socket()) as one:
        one.bind(("localhost", 0))
        return one.getsockname()[1]


def configured(folder, devices: int):
    folder.mkdir()
    path = write_config(folder, steps=4)
    path.write_text(f"devices = {devices}\ndtype = 'float64'\n{path.read_text()}")
    return path


def test_two_hosts_find_what_one_does_and_the_first_keeps_what_they_train(tmp_path):
    folder, port = tmp_path / "two", free_port()
    configured(folder, devices=4)
    hosts = [run("two_hosts", host, port, folder, devices=2) for host in (0, 1)]
    for host in hosts:
        require_done(host)
    first, second = (dict(np.load(folder / f"host_{host}.npz")) for host in (0, 1))
    for name, value in first.items():
        np.testing.assert_array_equal(value, second[name])
    model, (x, species, cell, _, edges) = MODELS["Pairs"], SYSTEMS["large"]
    want = predict_on_one(model, params_of(model), jax.numpy.asarray(x), jax.numpy.asarray(cell), species, *edges)
    # Sums over fewer than 100 edges, of numbers that themselves are rounded thrice.
    np.testing.assert_allclose(first["forces"], want.forces, atol=100 * EPS * np.abs(want.forces).max())
    result = train(read_config(configured(tmp_path / "one", devices=1)))
    for place, leaf in jax.tree.leaves_with_path(result.potential.params):
        # Four steps of Adam, each of 1e-2 at most, and of the same relative error as the gradient: 1e-10 where nearly
        # all of a sum cancels. Measured: 6e-17.
        np.testing.assert_allclose(first[jax.tree_util.keystr(place)], leaf, rtol=0, atol=4 * 1e-2 * 1e-10)
    assert sorted(path.name for path in (folder / "run").iterdir()) == sorted(
        path.name for path in (tmp_path / "one" / "run").iterdir()
    )


def test_a_mesh_of_more_devices_than_there_are_is_refused():
    with pytest.raises(ValueError) as raised:
        mesh_of(64, 2)
    count = jax.device_count()
    assert str(raised.value) == (
        f"mesh_of: a mesh of shape (64, 2) needs one to three axes and 128 devices, and there are {count}.\n"
        f"  Write mesh_of({count}); on a CPU, XLA_FLAGS=--xla_force_host_platform_device_count=128 makes as many."
    )
