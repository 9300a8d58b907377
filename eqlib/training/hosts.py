"""A training on many hosts: all of them compute every step, and the first alone writes."""

from collections.abc import Callable
from typing import Any

import jax
from jax.experimental import multihost_utils


def on_first_host(write: Callable[..., Any], *arguments: Any, **keywords: Any) -> None:
    """Calls what writes files, on the first host, or on the only one."""
    if jax.process_index() == 0:
        write(*arguments, **keywords)


def wait_for_hosts(what: str) -> None:
    """Waits until all hosts are here: what the first has written before can be read by the others after."""
    if jax.process_count() > 1:
        multihost_utils.sync_global_devices(what)
