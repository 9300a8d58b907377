"""The operands of a scan by the part that they play, in each version of JAX."""

from collections.abc import Sequence
from typing import Any, TypeVar

T = TypeVar("T")


def scanned(params: Any, operands: Sequence[T]) -> tuple[list[T], list[T], list[T]]:
    """The operands of a scan that stay, that are carried, and that are taken entry by entry."""
    if "ft_in" in params:  # jax 0.12 says by a tree what earlier versions say by two numbers
        fixed, carry, sequences = (list(part) for part in params["ft_in"].update(list(operands)).unpack())
        return fixed, carry, sequences
    end = params["num_consts"] + params["num_carry"]
    return list(operands[: params["num_consts"]]), list(operands[params["num_consts"] : end]), list(operands[end:])
