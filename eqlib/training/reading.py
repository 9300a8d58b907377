"""A config from a TOML file: what means nothing is refused, with the name that was probably meant."""

import dataclasses
import tomllib
import types
import typing
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eqlib.training.config import Config, Data, Loss, Optimizer
from eqlib.training.errors import ConfigError
from eqlib.training.options import nearest, within


def read_config(path: str | Path) -> Config:
    """The training that a TOML file describes; paths in it begin in its folder.

    Raises: ConfigError if it cannot be read, or has a key that means nothing, or a value that makes no sense.
    """
    path = Path(path)
    try:
        table = tomllib.loads(path.read_text())
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is no TOML: {error}.") from error
    try:
        config = config_of(table)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None
    data = dataclasses.replace(config.data, path=str(path.parent / config.data.path))
    return dataclasses.replace(config, output=str(path.parent / config.output), data=data)


def config_of(table: Mapping[str, Any]) -> Config:
    """The training that such a table describes.

    Raises: ConfigError if it has a key that means nothing, or a value that makes no sense.
    Example:
        >>> data, model = {"path": "water.npz"}, {"name": "NequIP", "cutoff": 4.0}
        >>> config_of({"output": "run", "data": data, "model": model}).optimizer.learning_rate
        0.01
        >>> config_of({"output": "run", "setps": 10})
        Traceback (most recent call last):
            ...
        eqlib.training.errors.ConfigError: there is no key setps.
          Write steps.
    """
    return _read(Config, table, "")


def _read(kind: Any, table: Mapping[str, Any], section: str) -> Any:
    """An object of a dataclass from a table, whose keys are its fields and whose tables are such objects."""
    fields = {field.name: field for field in dataclasses.fields(kind)}
    hints = typing.get_type_hints(kind)
    for key in table:
        if key not in fields:
            raise ConfigError(f"{within(section)}there is no key {key}.\n  Write {nearest(key, list(fields))}.")
    read = {key: _value(hints[key], value, section, key) for key, value in table.items()}
    for name, field in fields.items():
        if name not in read and field.default is dataclasses.MISSING:
            what = f"section [{name}]" if name in ("data", "model") else f"key {name}"
            raise ConfigError(f"{within(section)}the {what} is missing.\n  Write {_EXAMPLES[name]}.")
    return kind(**read)


_EXAMPLES = {
    "output": 'output = "run"',
    "path": 'path = "frames.npz"',
    "data": '[data] and under it path = "frames.npz"',
    "model": '[model] and under it name = "NequIP" and cutoff = 5.0',
}


def _value(hint: Any, value: Any, section: str, key: str) -> Any:
    """A value of TOML as the type that a field has; an integer may stand for a float."""
    if dataclasses.is_dataclass(hint) and isinstance(value, Mapping):
        return _read(hint, value, key)
    kinds = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
    kind = next(kind for kind in kinds if kind is not type(None))
    origin = typing.get_origin(kind) or kind
    if origin is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    is_right = type(value) is origin if origin in (int, bool, str, float) else _is_a(value, origin)
    if not is_right:
        raise ConfigError(f"{within(section)}{key} is {value!r}, and must be {_KINDS[origin]}.")
    return tuple(value) if isinstance(value, list) else value


_KINDS = {
    int: "an integer",
    float: "a number",
    bool: "true or false",
    str: "text, in quotes",
    Sequence: 'a list, such as ["H", "O"]',
    Mapping: "a section",
    Data: "a section",
    Loss: "a section",
    Optimizer: "a section",
}


def _is_a(value: Any, origin: Any) -> bool:
    return isinstance(value, origin) and not isinstance(value, str)
