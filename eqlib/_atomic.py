"""Files that are whole or absent, whenever the writer is killed."""

import os
import tempfile
from pathlib import Path

PART = ".part"


def write(path: str | Path, content: bytes) -> None:
    """Puts a file in the place of the one of that name, if there is one, at once: no reader ever sees a part of it.

    It is written beside its place and renamed, which POSIX does in one step; both are forced to the disk, in this
    order. A writer that is killed leaves the former file, and perhaps a hidden one, whose name begins with that of the
    file.

    Raises: OSError if the folder cannot be written to.
    """
    path = Path(path)
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", suffix=PART, dir=path.parent)
    try:
        with open(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(beside, 0o666 & ~_umask())
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)  # it may have taken its place already
        raise
    _sync_folder(path.parent)


def clear(folder: Path) -> None:
    """Removes what killed writers have left in a folder in which no other process writes."""
    for part in folder.glob(f".*{PART}"):
        part.unlink()


def _umask() -> int:
    """What new files of this process may not be; reading it is setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":  # elsewhere a folder cannot be opened
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
