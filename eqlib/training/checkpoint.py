"""The state of a training in a file, from which it goes on bit for bit, or not at all."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jax

from eqlib.errors import IrrepsError, LayoutError
from eqlib.saving import load, load_metadata, save
from eqlib.training.errors import CheckpointError
from eqlib.training.state import State

Row = Mapping[str, float]


def save_state(path: Path, state: State, facts: Mapping[str, Any], history: Sequence[Row]) -> None:
    """Keeps a state at once: whoever is killed while writing leaves the state before.

    `facts` is all that the training depends on beside its state; it and the records of the evaluations stand in the
    metadata, as JSON.
    """
    metadata = {"facts": json.dumps(facts), "history": json.dumps(history)}
    save(path, jax.device_get(state)._asdict(), metadata=metadata)


def restore_state(path: Path, like: State, facts: Mapping[str, Any]) -> tuple[State, list[Row]]:
    """The state in a file, and the records until then.

    Raises: CheckpointError if it is of another training, or its parameters have other irreps than those of `like`.
    """
    try:
        metadata = load_metadata(path)
        _check_facts(path, json.loads(metadata.get("facts", "{}")), facts)
        state = load(path, like._asdict())
    except (IrrepsError, LayoutError) as error:
        raise CheckpointError(f"{path} is not of this training: {error}\n  {_RESTART}") from error
    return State(**state), json.loads(metadata["history"])


_RESTART = "To begin anew, write eqlib train --restart; to keep it, write another output."


def _check_facts(path: Path, stored: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    """Refuses another config, model or data set, and names what differs."""
    one, other = _flat(stored), _flat(json.loads(json.dumps(facts)))
    for key in sorted(one.keys() | other.keys()):
        if one.get(key) != other.get(key):
            raise CheckpointError(
                f"{path} is of another training: there, {key} was {json.dumps(one.get(key))}, and is now "
                f"{json.dumps(other.get(key))}.\n  {_RESTART}"
            )


def _flat(facts: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Every value by the keys that lead to it: "optimizer.learning_rate"."""
    found: dict[str, Any] = {}
    for key, value in facts.items():
        found |= _flat(value, f"{prefix}{key}.") if isinstance(value, Mapping) else {f"{prefix}{key}": value}
    return found
