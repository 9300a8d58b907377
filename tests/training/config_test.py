"""What a config may say: all of it is in the manual, and what means nothing is refused."""

import dataclasses
import re
from pathlib import Path

import pytest

import eqlib.training
from eqlib.training.architectures import check_options, model_of, names
from eqlib.training.config import Config, Data, Loss, Optimizer
from eqlib.training.errors import ConfigError
from eqlib.training.reading import config_of, read_config

MANUAL = Path(eqlib.training.__file__).with_name("README.md")
TABLE = {"output": "run", "data": {"path": "water.npz"}, "model": {"name": "NequIP", "cutoff": 4.0}}


def test_the_config_of_the_manual_is_read_and_has_every_key_with_its_default(tmp_path):
    (text,) = re.findall(r"```toml\n(.*?)```", MANUAL.read_text(), re.DOTALL)
    path = tmp_path / "config.toml"
    path.write_text(text)
    config = read_config(path)
    check_options(config.model)
    assert model_of(config.model, {"num_species": 3}).features == 16
    for kind, found in ((Config, config), (Data, config.data), (Loss, config.loss), (Optimizer, config.optimizer)):
        for field in dataclasses.fields(kind):
            assert re.search(rf"^(\[{field.name}\]|{field.name} +=)", text, re.MULTILINE), field.name
            if field.default is not dataclasses.MISSING and field.default is not None:
                assert getattr(found, field.name) == field.default


def test_paths_begin_in_the_folder_of_the_file(tmp_path):
    (tmp_path / "c.toml").write_text('output = "run"\n[data]\npath = "a.npz"\n[model]\nname = "NequIP"\ncutoff = 4')
    config = read_config(tmp_path / "c.toml")
    assert (config.output, config.data.path) == (str(tmp_path / "run"), str(tmp_path / "a.npz"))


REFUSED = [
    ({"setps": 10}, "there is no key setps.\n  Write steps."),
    ({"loss": {"force": 1.0}}, "in [loss], there is no key force.\n  Write forces."),
    (
        {"optimizer": {"lr": 1e-3}},
        "in [optimizer], there is no key lr.\n  Write one of name, learning_rate, schedule, ",
    ),
    ({"steps": 0}, "steps is 0, and must be 1 or more.\n  Write steps = 2000."),
    ({"steps": 1.5}, "steps is 1.5, and must be an integer."),
    ({"steps": True}, "steps is True, and must be an integer."),
    ({"plots": "no"}, "plots is 'no', and must be true or false."),
    ({"data": "water.npz"}, "data is 'water.npz', and must be a section."),
    ({"data": {"path": "a", "elements": "H"}}, 'in [data], elements is \'H\', and must be a list, such as ["H", "O"].'),
    ({"data": {"path": "a", "num_training": 0}}, "in [data], num_training is 0, and must be 1 or more.\n  Write num"),
    ({"data": {}}, 'in [data], the key path is missing.\n  Write path = "frames.npz".'),
    ({"dtype": "float16"}, 'dtype is "float16", and must be one of float32, float64.\n  Write dtype = "float64".'),
    ({"average_decay": 1.0}, "average_decay is 1.0: the average would never move.\n  Write average_decay = 0.99."),
    ({"loss": {"energy": 0, "forces": 0}}, "[loss] counts nothing: all of it is 0.\n  Write forces = 1.0."),
    ({"loss": {"energy": -1}}, "in [loss], energy is -1.0, and must be 0 or more.\n  Write energy = 1.0."),
    (
        {"optimizer": {"schedule": "cosin"}},
        'in [optimizer], schedule is "cosin", and must be one of cosine, constant.\n  Write schedule = "cosine".',
    ),
    (
        {"optimizer": {"learning_rate": 0}},
        "[optimizer] learning_rate is 0: nothing would be learnt.\n  Write learning_rate = 0.01.",
    ),
    ({"model": {"cutoff": 4.0}}, '[model] has no name.\n  Write name = "NequIP" in [model].'),
]


@pytest.mark.parametrize(("change", "message"), REFUSED)
def test_what_means_nothing_or_makes_no_sense_is_refused(change, message):
    with pytest.raises(ConfigError) as raised:
        config_of(TABLE | change)
    assert str(raised.value).startswith(message)


@pytest.mark.parametrize("missing", ["output", "data", "model"])
def test_what_is_missing_is_named(missing):
    with pytest.raises(ConfigError, match=rf"the (key|section) \[?{missing}\]? is missing\.\n  Write "):
        config_of({key: value for key, value in TABLE.items() if key != missing})


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"name": "Nequip", "cutoff": 4.0}, 'there is no model "Nequip".\n  Write name = "NequIP" in [model].'),
        ({"name": "NequIP", "cutof": 4.0}, "in [model], NequIP has no option cutof.\n  Write cutoff."),
        (
            {"name": "NequIP", "num_species": 2},
            "in [model], num_species is the number of the elements.\n  Leave it out",
        ),
        ({"name": "NequIP"}, "in [model], the cutoff is missing, in angstrom.\n  Write cutoff = 5.0."),
        (
            {"name": "NequIP", "cutoff": -1.0},
            "in [model], cutoff is -1.0, and must be a finite number greater than 0.\n  Write cutoff=1.0.",
        ),
    ],
)
def test_options_that_the_model_does_not_have_are_refused(options, message):
    with pytest.raises(ConfigError) as raised:
        check_options(options)
    assert str(raised.value).startswith(message)


def test_the_reason_of_the_model_is_told():
    with pytest.raises(ConfigError, match=r"^in \[model\], NequIP: lmax is -1, and must be an integer, 0 or more"):
        model_of({"name": "NequIP", "cutoff": 4.0, "lmax": -1}, {"num_species": 2})


def test_models_are_found_by_their_names():
    assert "NequIP" in names()


def test_a_file_that_is_no_toml_is_refused(tmp_path):
    path = tmp_path / "c.toml"
    with pytest.raises(ConfigError, match=r"c\.toml cannot be read: No such file"):
        read_config(path)
    path.write_text("steps 10")
    with pytest.raises(ConfigError, match=r"c\.toml is no TOML: "):
        read_config(path)
    path.write_text("setps = 10")
    with pytest.raises(ConfigError, match=r"c\.toml: there is no key setps\.\n  Write steps\."):
        read_config(path)
