"""The models of `eqlib.models` by their names, made from options and from what the training frames say."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import eqlib.models
from eqlib.nn.layer import Model
from eqlib.nn.options import finite
from eqlib.training.errors import ConfigError
from eqlib.training.options import nearest


def names() -> list[str]:
    """The names of the models that there are.

    Example:
        >>> "NequIP" in names()
        True
    """
    return sorted(
        name
        for name, value in vars(eqlib.models).items()
        if isinstance(value, type) and issubclass(value, Model) and dataclasses.is_dataclass(value)
    )


def check_options(options: Mapping[str, Any]) -> None:
    """Refuses a model that there is not, and options that it does not have, or that are found from the frames.

    Raises: ConfigError.
    """
    name = options["name"]
    if name not in names():
        raise ConfigError(f'there is no model "{name}".\n  Write name = "{nearest(name, names())}" in [model].')
    fields = [field.name for field in dataclasses.fields(getattr(eqlib.models, name))]
    for key in options:
        if key not in ("name", *fields):
            raise ConfigError(f"in [model], {name} has no option {key}.\n  Write {nearest(key, fields)}.")
    if "num_species" in options:
        raise ConfigError(
            "in [model], num_species is the number of the elements.\n"
            "  Leave it out; for elements that no training frame has, write elements = [...] in [data]."
        )
    if "cutoff" not in options:
        raise ConfigError("in [model], the cutoff is missing, in angstrom.\n  Write cutoff = 5.0.")
    try:
        finite("cutoff", options["cutoff"], positive=True)
    except ValueError as error:
        raise ConfigError(f"in [model], {error}") from None


def model_of(options: Mapping[str, Any], found: Mapping[str, Any]) -> Any:
    """The model of these options; of what was found, it has what the options do not say.

    Raises: ConfigError if an option makes no sense.
    Example:
        >>> model_of({"name": "NequIP", "cutoff": 4.0, "lmax": 1}, {"num_species": 3}).lmax
        1
    """
    arguments = {**found, **options}
    kind = getattr(eqlib.models, arguments.pop("name"))
    try:
        return kind(**arguments)
    except (ValueError, TypeError) as error:
        raise ConfigError(f"in [model], {error}") from error


def described(model: Any) -> dict[str, Any]:
    """The name and the options of a model, as JSON can hold them."""
    fields = dataclasses.fields(model)
    return {"name": type(model).__name__, **{field.name: _plain(getattr(model, field.name)) for field in fields}}


def _plain(value: Any) -> Any:
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value if isinstance(value, bool | int | float | str | None) else str(value)
