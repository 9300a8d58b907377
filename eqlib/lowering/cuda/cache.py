"""Compiled kernels on disk, so that a second process compiles nothing.

EQLIB_KERNEL_CACHE names the folder, or is `off`; without it the folder is `eqlib/kernels` where the system keeps
caches. A file is written under another name and renamed, so several processes may share the folder, and no file is
ever seen in part; one that does not hold what it says is compiled anew. When the folder is full, what has not been used
for longest goes. A folder that cannot be written to costs the time of compilation and no more.
"""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

VARIABLE = "EQLIB_KERNEL_CACHE"
MAX_BYTES = 64 * 2**20  # a double backward pass is 100 kB


def folder() -> Path | None:
    """Where compiled kernels are kept; None if they are not."""
    asked = os.environ.get(VARIABLE)
    if asked == "off":
        return None
    if asked:
        return Path(asked)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "eqlib" / "kernels"


def cached(parts: Sequence[str], compile: Callable[[], str]) -> str:
    """The text that was kept for these parts, all that it depends on; else what `compile` makes, kept from now on."""
    where = folder()
    if where is None:
        return compile()
    file = where / f"{_digest(*parts)}.ptx"
    text = _read(file)
    if text is None:
        text = compile()
        with contextlib.suppress(OSError):
            _write(file, text)
            _trim(where)
    return text


def _digest(*parts: str) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(f"{len(part)} {part}".encode())
    return found.hexdigest()


def _read(file: Path) -> str | None:
    """The text of a file, if it is there and whole; it counts as used now."""
    try:
        digest, _, text = file.read_text().partition("\n")
        if digest != _digest(text):
            return None
        os.utime(file)
    except (OSError, UnicodeDecodeError):
        return None
    return text


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix="writing-")
    try:
        with os.fdopen(descriptor, "w") as to:
            to.write(f"{_digest(text)}\n{text}")
        os.replace(name, file)
    except BaseException:
        os.unlink(name)
        raise


def _trim(where: Path) -> None:
    """Removes the files that have not been used for longest until the others fit."""
    used: list[tuple[float, int, Path]] = []
    for file in where.iterdir():
        with contextlib.suppress(FileNotFoundError):  # another process trims too
            stat = file.stat()
            used.append((stat.st_mtime, stat.st_size, file))
    total = sum(size for _, size, _ in used)
    for _, size, file in sorted(used):
        if total <= MAX_BYTES:
            break
        file.unlink(missing_ok=True)
        total -= size
