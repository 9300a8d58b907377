"""A progress bar: one line that fills on a terminal, a line every tenth of the way in a log."""

import sys
import time
from collections.abc import Iterator
from typing import Any

WIDTH = 24


def progress(total: int, name: str, status: dict[str, str], first: int = 0, stream: Any = None) -> Iterator[int]:
    """Counts from `first` to `total` - 1 and shows how far; the caller may change `status` on the way.

    Example:
        >>> status = {}
        >>> for step in progress(2, "lmax=2", status, stream=sys.stdout):
        ...     status["loss"] = f"{1 / (step + 1):.1f}"  # doctest: +ELLIPSIS
        lmax=2 [############............] 1/2 ... s  loss 1.0
        lmax=2 [########################] 2/2 ... s  loss 0.5
    """
    stream = stream or sys.stderr
    start, live = time.monotonic(), stream.isatty()
    for step in range(first, total):
        yield step
        done = step + 1
        if live or done == total or 10 * done // total > 10 * step // total:
            bar = ("#" * (WIDTH * done // total)).ljust(WIDTH, ".")
            told = "".join(f"  {key} {value}" for key, value in status.items())
            line = f"{name} [{bar}] {done}/{total} {time.monotonic() - start:.0f} s{told}"
            print(
                f"\r{line}\x1b[K" if live else line,
                end="\n" if not live or done == total else "",
                file=stream,
                flush=True,
            )
