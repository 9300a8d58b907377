"""Every model of the library learns, and goes on from its checkpoint bit for bit."""

import dataclasses
import io
from pathlib import Path

import numpy as np
import pytest

from eqlib.training import Config, read_config, train
from eqlib.training.architectures import names
from eqlib.training.dataset import order_of
from eqlib.training.run import CHECKPOINT
from tests.training.subjects import springs, write_config

# Small, with tensors of degree 1 in messages, polynomials and products.
SMALL = {
    "NequIP": {"lmax": 1, "features": 4, "num_layers": 1, "radial_neurons": (4,), "readout": 2},
    "MACE": {"lmax": 1, "features": 4, "correlation": 2, "num_layers": 1, "radial_neurons": (8,), "readout": 4},
    "Allegro": {"lmax": 1, "features": 2, "latent": 4, "two_body_neurons": (4,), "latent_neurons": (4,), "readout": 2},
}


def test_no_model_is_left_out():
    assert set(SMALL) == set(names())


def config_of(folder: Path, model: str) -> Config:
    config = read_config(write_config(folder))
    return dataclasses.replace(config, model={"name": model, "cutoff": 3.0} | SMALL[model])


class Stopped(BaseException):
    """As a signal would end the process, here before a step that is chosen."""


@pytest.mark.parametrize("model", SMALL)
def test_a_model_learns_and_goes_on_where_it_was_stopped(tmp_path, monkeypatch, model):
    config = config_of(tmp_path, model)
    result = train(config, stream=io.StringIO())
    assert type(result.potential.model).__name__ == model
    assert result.history[-1]["training_loss"] < 0.8 * result.history[0]["training_loss"]
    # A model without forces would be off by their mean size; after forty steps each is off by about 0.8 of it.
    assert result.errors["test"]["force_mae"] < 0.9 * 1e3 * np.mean(np.abs(springs().forces))

    def stop(step: int, *arguments, order_of=order_of):
        if step == 25:
            raise Stopped
        return order_of(step, *arguments)

    again = dataclasses.replace(config, output=str(tmp_path / "again"))
    with monkeypatch.context() as patch:
        patch.setattr("eqlib.training.run.order_of", stop)
        with pytest.raises(Stopped):
            train(again, stream=io.StringIO())
    assert train(again, stream=(told := io.StringIO())).history == result.history
    assert "] 28/40 " in told.getvalue().splitlines()[1]  # the first tenth of the way that is passed after step 25
    for name in (CHECKPOINT, "model.safetensors"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "run" / name).read_bytes(), name
