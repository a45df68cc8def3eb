"""Reading and writing files so that a failure is one clear message and never half a file."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import platform
import re
import shutil
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from importlib.resources import files
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from partnergraph.graph.errors import BadParameter, MissingInput, UnusableInput

MEMORY, USUAL_MEMORY = "PARTNERGRAPH_MEMORY", 2_000_000_000
P = ParamSpec("P")
T = TypeVar("T")
_UNITS = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
LOCK, PATIENCE = ".lock", 20.0  # seconds to wait for another writer
READER = 5.0  # seconds to wait for somebody who reads a pipe
_OWNER_AT = 1  # the first byte is the one that is locked, and Windows lets nobody read it
_held = threading.local()
_BINARY = getattr(os, "O_BINARY", 0)


def memory() -> int:
    """Return how many bytes reading one source may take: 2 GB, or what PARTNERGRAPH_MEMORY says.

    Raises
    ------
    BadParameter
        Where that is not a number of bytes such as 500M or 8G, at least 100M.
    """
    given = os.environ.get(MEMORY, "").strip()
    if not given:
        return USUAL_MEMORY
    found = re.fullmatch(r"(\d{1,18}(?:\.\d{1,9})?)\s*([KMGT]?)B?", given.upper(), re.ASCII)
    size = int(float(found[1]) * _UNITS[found[2]]) if found else 0
    if size < 10**8:
        raise BadParameter(f"{MEMORY} is {given[:40]!r}. Give a size from 100M up, such as 8G")
    return size


def most_unpacked() -> int:
    """Return how many bytes packed content may have: a quarter of the memory for reading."""
    return memory() // 4


def within_memory(read: Callable[P, T]) -> Callable[P, T]:
    """Let a function that reads the source it is given first take no more than `memory`.

    Where the memory does not suffice, that is an `UnusableInput` that names the source. Linux keeps
    the limit, from what the process holds already; elsewhere the sizes that are looked at before
    anything is read must do.
    """

    @wraps(read)
    def bounded(*args: P.args, **options: P.kwargs) -> T:
        try:
            with _limited():
                return read(*args, **options)
        except MemoryError:
            given = next(iter((*args, *options.values())), None)
            place = given if isinstance(given, str | Path) else "the input"
            cause = f"reading it takes more memory than there is ({MEMORY} is {memory():,} bytes)"
            remedy = f"Split it, take the columns you need, or set {MEMORY} higher, such as 8G"
            raise UnusableInput(place, cause, remedy) from None

    return bounded


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    """Limit the data of this process, unless that is limited already; a tenth is the program's."""
    if sys.platform != "linux":
        yield
        return
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    held = re.search(r"VmData:\s*(\d+) kB", Path("/proc/self/status").read_text())
    most = max(memory() * 9 // 10, (int(held[1]) * 1024 if held else 0) + memory() // 2)
    if before[0] != resource.RLIM_INFINITY or before[1] != resource.RLIM_INFINITY:
        yield
        return
    resource.setrlimit(resource.RLIMIT_DATA, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_DATA, before)


def read_bytes(path: Path) -> bytes:
    """Return the content of a file.

    Raises
    ------
    MissingInput
        If there is no such file.
    UnusableInput
        If it is a folder, a pipe or a device, cannot be read, or has more than 2 GB.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode) and not stat.S_ISDIR(found.st_mode):
            cause = "it is a pipe or a device, not a file"
            raise UnusableInput(path, cause, "Save its content to a file, and give that")
        if found.st_size > memory() // 2:
            cause = f"it has {found.st_size:,} bytes, and {MEMORY} is {memory():,}"
            raise UnusableInput(path, cause, f"Split it, use Parquet, or set {MEMORY} higher")
        return path.read_bytes()
    except FileNotFoundError:
        remedy = interrupted(path) or "Check the path"
        raise MissingInput(path, "there is no such file", remedy) from None
    except IsADirectoryError:
        raise UnusableInput(path, "it is a folder, not a file", "Name a file in it") from None
    except OSError as error:
        raise UnusableInput(path, f"it cannot be read ({error.strerror})", "Check it") from error


def open_standard_streams() -> None:
    """Make standard output and error UTF-8; where one is closed, writing to it is an error.

    Without this, the next file opened would take the place of a closed stream.
    """
    for number, name in ((1, "stdout"), (2, "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            null = os.open(os.devnull, os.O_RDONLY if number == 1 else os.O_WRONLY)
            os.dup2(null, number)
            stream = open(number, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
            setattr(sys, name, stream)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")


def end_standard_output() -> None:
    """Write what standard output still holds; what it cannot take is dropped, and was reported."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def packaged_yaml(package: str, *path: str) -> Any:
    """Return the content of a YAML file that comes with the package."""
    import yaml

    text = files(package).joinpath(*path).read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def require_regular(path: Path) -> Path:
    """Return a path that holds regular files only: no link, pipe or device.

    A folder is taken where everything in it is a regular file or a folder.

    Raises
    ------
    MissingInput
        If there is nothing.
    UnusableInput
        If there is a link or a special file.
    """
    try:
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            for entry in sorted(path.iterdir()):
                require_regular(entry)
            return path
    except FileNotFoundError:
        raise MissingInput(path, "there is no such file", "Restore it") from None
    except (OSError, ValueError) as error:
        raise UnusableInput(path, f"it cannot be read ({error})", "Check it") from None
    if not stat.S_ISREG(mode):
        what = "a link" if stat.S_ISLNK(mode) else "a special file"
        cause = f"it is {what}, and a package or pair may hold regular files only"
        raise UnusableInput(path, cause, "Put a copy of the file in its place")
    return path


def companion(path: Path) -> Path | None:
    """Return a file that another one names or implies, None where there is none.

    Raises
    ------
    UnusableInput
        If it is a link or a special file, which may lead out of the folder or never end.
    """
    return require_regular(path) if os.path.lexists(path) else None


def write_durably(path: Path, data: bytes, *, instead_of: Path | None = None) -> None:
    """Write a new file, and wait until the disk has it.

    Parameters
    ----------
    instead_of
        File whose place it will take, if there is one: it gets the same permissions. Otherwise it
        gets what the umask leaves.
    """
    mode = _mode(instead_of) if instead_of is not None else None
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, mode or 0o666)
    with os.fdopen(handle, "wb") as file:
        if mode is not None:
            path.chmod(mode)
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _mode(path: Path) -> int | None:
    """Return the permissions of a file, None if there is none."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return None


def _beside(path: Path, *, state: str = "new") -> Path:
    """Return a place for a temporary file or folder that nothing takes yet."""
    name = path.name if len(os.fsencode(path.name)) < 200 else ""
    names = (f".partnergraph-{os.getpid()}-{n}.{state}.{name}" for n in itertools.count())
    return next(p for p in map(path.with_name, names) if not os.path.lexists(p))


def interrupted(path: Path) -> str:
    """Return what to do about a missing file where writing it was interrupted, else a blank.

    Then it lies beside its place, whole, under a name of ours.
    """
    escaped = "".join(f"[{c}]" if c in "*?[" else c for c in path.name)
    waiting = sorted(path.parent.glob(f".partnergraph-*.new.{escaped}"))
    return f"Writing it was interrupted: rename {waiting[-1].name} to it" if waiting else ""


def sync_folder(folder: Path) -> None:
    """Wait until the disk has a folder's entries, where the system can do that."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file beside its place and move it there: the old one stays whole until then.

    An existing file keeps its permissions, and a link stays a link. An existing device or pipe is
    written to directly.

    Raises
    ------
    UnusableInput
        If the place cannot be written to.
    """
    write_together({path: data})


def must_be_writable(path: str | Path) -> None:
    """Raise unless a file may be written there, so that nothing long is computed for nowhere.

    Raises
    ------
    UnusableInput
        If it is a folder, read-only, or in a place where no file can be made.
    """
    place = Path(path)
    try:
        if not place.name or place.is_dir():
            raise UnusableInput(place, "it is a folder, not a file", "Name the file to write")
        if place.exists():
            within = place
        else:
            within = next(p for p in place.absolute().parents if p.exists())
            if not within.is_dir():
                raise NotADirectoryError(None, f"{within} is not a folder")
        if not os.access(within, os.W_OK):
            raise PermissionError(None, "it is read-only")
    except (OSError, RuntimeError, ValueError) as error:
        raise _unwritable(place, error) from error


def write_together(contents: Mapping[Path, bytes]) -> None:
    """Write files that belong together: none takes its place before all are whole.

    While several take their places, the old ones lie aside. So if that is interrupted, the last of
    them, which a reader is given, is missing, and no old one is taken for one of the new.

    Raises
    ------
    UnusableInput
        If one cannot be written; then all stay as they were.
    """
    waiting: dict[Path, Path] = {}
    place = Path()
    try:
        for place, data in contents.items():
            if not place.name or place.is_dir():
                raise UnusableInput(place, "it is a folder, not a file", "Name the file to write")
            if place.exists() and not place.is_file():
                _write_through(place, data)
                continue
            target = place.resolve()
            if target.exists() and not os.access(target, os.W_OK):
                raise PermissionError(None, "it is read-only")
            target.parent.mkdir(parents=True, exist_ok=True)
            waiting[target] = _beside(target)
            write_durably(waiting[target], data, instead_of=target)
        with _aside(list(waiting) if len(waiting) > 1 else []):
            for target in list(waiting):
                waiting[target].replace(target)
                del waiting[target]
                sync_folder(target.parent)
    except (OSError, RuntimeError, ValueError) as error:
        raise _unwritable(place, error) from error
    finally:
        for left in waiting.values():
            left.unlink(missing_ok=True)


@contextlib.contextmanager
def _aside(targets: list[Path]) -> Iterator[None]:
    """Have the old files lie aside during the block, and come back where it fails."""
    old: dict[Path, Path] = {}
    there = [target for target in reversed(targets) if target.exists()]
    try:
        for target in there:
            place = _beside(target, state="old")
            target.replace(place)
            old[target] = place
        yield
    except BaseException:
        for target in targets:
            if target in old:
                old[target].replace(target)
            elif target not in there:
                target.unlink(missing_ok=True)
        raise
    for place in old.values():
        place.unlink()


def _write_through(path: Path, data: bytes) -> None:
    """Write to a device, or to a pipe that somebody reads within seconds."""
    until = time.monotonic() + READER
    while True:
        try:
            handle = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
            break
        except OSError as error:
            if error.errno != errno.ENXIO:
                raise
            if time.monotonic() > until:
                raise OSError(errno.ENXIO, "nobody reads this pipe") from None
            time.sleep(0.02)
    os.set_blocking(handle, True)
    with os.fdopen(handle, "wb") as file:
        file.write(data)


def _unwritable(place: Path, error: Exception) -> UnusableInput:
    if isinstance(error, UnusableInput):
        return error
    cause = f"it cannot be written ({getattr(error, 'strerror', None) or error})"
    return UnusableInput(place, cause, "Check the folder and the disk")


@contextlib.contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Yield a folder beside a new or empty one, which it replaces when the block ends.

    Raises
    ------
    UnusableInput
        If it cannot be written; then nothing is left of it.
    """
    beside = None
    try:
        place = folder.resolve()
        place.parent.mkdir(parents=True, exist_ok=True)
        made = _beside(place)
        made.mkdir()
        beside = made
        yield beside
        if place.exists():
            beside.chmod(stat.S_IMODE(place.stat().st_mode))
            place.rmdir()
        beside.replace(place)
        sync_folder(place.parent)
    except OSError as error:
        raise _unwritable(folder, error) from error
    finally:
        if beside is not None:
            shutil.rmtree(beside, ignore_errors=True)


@contextlib.contextmanager
def locked(folder: Path, *, patience: float = PATIENCE) -> Iterator[None]:
    """Be the only writer of a folder; make it where there is none.

    The system frees the lock of a process that ends, however it ends. Nested uses in one thread
    hold the same lock.

    Raises
    ------
    UnusableInput
        If another process still holds it after so many seconds, or the folder cannot be written.
    """
    place = folder.resolve()
    mine: set[Path] = _held.__dict__.setdefault("folders", set())
    if place in mine:
        yield
        return
    try:
        made = not place.exists()
        place.mkdir(parents=True, exist_ok=True)
        handle = _wait(place / LOCK, patience)
    except OSError as error:
        raise _unwritable(folder, error) from error
    mine.add(place)
    try:
        yield
    finally:
        mine.remove(place)
        _release(place / LOCK, handle)
        if made:
            with contextlib.suppress(OSError):  # it holds something
                place.rmdir()


def _wait(path: Path, patience: float) -> int:
    """Return an open file with the lock on it, which still lies at its path."""
    until = time.monotonic() + patience
    while True:
        if os.path.lexists(path):
            with contextlib.suppress(MissingInput):  # its owner has just removed it
                require_regular(path)
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
        if _try_lock(handle):
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(handle), path.lstat()):
                    owner = f" process {os.getpid()} on {platform.node()}"
                    with contextlib.suppress(OSError):  # of a full disk: only others read it
                        os.ftruncate(handle, 0)
                        os.write(handle, owner.encode())
                    return handle
        os.close(handle)
        if time.monotonic() > until:
            cause = f"{_owner(path)} is writing to it, and has not finished in {patience:g} seconds"
            raise UnusableInput(path.parent, cause, "Try again when it has finished")
        time.sleep(0.02)


def _try_lock(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, _OWNER_AT)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _owner(path: Path) -> str:
    try:
        with path.open("rb") as file:
            file.seek(_OWNER_AT)
            words = file.read(200).decode("utf-8", "replace").strip()
    except OSError:
        words = ""
    return words if words.isprintable() and words else "another process"


def _release(path: Path, handle: int) -> None:
    """Remove the file while the lock is held, so that no one waits for a file that is gone."""
    if sys.platform != "win32":
        path.unlink(missing_ok=True)
        os.close(handle)
        return
    os.close(handle)
    with contextlib.suppress(OSError):  # another process has it open, and will remove it
        path.unlink()
