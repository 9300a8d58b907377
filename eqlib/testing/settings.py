"""Settings of JAX: those that a check needs for itself, and those of its user, in which the function is called.

A check compiles ahead of time, moves numbers between the host and the device, meets NaN on purpose, and computes bounds
in arithmetic of its own, so that it is not for its user's settings to refuse these. What a setting says of the function
that is checked, it says where that is called: which dtypes and ranks may meet.
"""

import contextlib
import contextvars
from collections.abc import Iterator

import jax

# The user's promotion of dtypes and of ranks, while a check runs.
_OF_USER: contextvars.ContextVar[tuple[str, str] | None] = contextvars.ContextVar("of_user", default=None)


@contextlib.contextmanager
def own_settings() -> Iterator[None]:
    """What a check computes inside, it computes under settings of its own; and so does what it compiles."""
    of_user = jax.config.jax_numpy_dtype_promotion, jax.config.jax_numpy_rank_promotion
    token = _OF_USER.set(of_user)
    try:
        with (
            jax.disable_jit(False),
            jax.transfer_guard("allow"),
            jax.debug_nans(False),
            jax.debug_infs(False),
            _promotion("standard", "allow"),
        ):
            yield
    finally:
        _OF_USER.reset(token)


@contextlib.contextmanager
def settings_of_user() -> Iterator[None]:
    """Inside, dtypes and ranks meet as they do where the check was called; outside of a check, nothing changes."""
    if (of_user := _OF_USER.get()) is None:
        yield
        return
    with _promotion(*of_user):
        yield


@contextlib.contextmanager
def promoting() -> Iterator[None]:
    """Inside, `settings_of_user` lets dtypes meet that the user has JAX refuse."""
    token = _OF_USER.set(("standard", of_user[1]) if (of_user := _OF_USER.get()) is not None else None)
    try:
        yield
    finally:
        _OF_USER.reset(token)


def refuses_promotion() -> bool:
    """Whether the user of a check has JAX promote no dtypes."""
    return (_OF_USER.get() or ("standard",))[0] == "strict"


def is_refused_promotion(error: BaseException) -> bool:
    """Whether an error is what JAX raises where dtypes meet, and it is told to promote none."""
    return refuses_promotion() and isinstance(error, jax.dtypes.TypePromotionError)


@contextlib.contextmanager
def _promotion(dtypes: str, ranks: str) -> Iterator[None]:
    with jax.numpy_dtype_promotion(dtypes), jax.numpy_rank_promotion(ranks):
        yield
