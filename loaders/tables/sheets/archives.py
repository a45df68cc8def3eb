"""Packed files (gzip, zip, tar), unpacked within bounds of size and number."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from partnergraph.graph.errors import UnusableInput
from partnergraph.graph.files import most_unpacked
from partnergraph.loaders.tables.sheets.sheet import File

MOST_MEMBERS = 20_000
GZIP = b"\x1f\x8b"
# What reading an archive raises where it is broken, encrypted or of an unknown kind.
BROKEN = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, RuntimeError)
_TAKE_ONE = "Unpack it, and give the file you want read"

PIECE = 1 << 24


def bounded(
    read: Callable[[int], bytes], place: object, *, most: int | None = None, used: int = 0
) -> bytes:
    """Read what is packed, of which `used` bytes were read before.

    Raises
    ------
    UnusableInput
        If that is more than `most` bytes in all, by default `most_unpacked`.
    """
    most = most_unpacked() if most is None else most
    left, pieces = most - used, []
    # Piece by piece: a reader makes room for all that it is asked for.
    while piece := read(min(left + 1, PIECE)):
        left -= len(piece)
        if left < 0:
            raise UnusableInput(place, f"unpacked it has more than {most:,} bytes", _TAKE_ONE)
        pieces.append(piece)
    return b"".join(pieces)


def broken(place: object, error: Exception) -> UnusableInput:
    """Return the error for a packed file that cannot be unpacked."""
    cause = f"it cannot be unpacked ({error})"
    return UnusableInput(place, cause, "Unpack it yourself, or fetch it again: it may be cut off")


def gunzipped(data: bytes, place: object, *, most: int | None = None) -> bytes:
    """Unpack gzip.

    Raises
    ------
    UnusableInput
        If it is broken or has more than `most` bytes, by default `most_unpacked`.
    """
    try:
        return bounded(gzip.GzipFile(fileobj=io.BytesIO(data)).read, place, most=most)
    except BROKEN as error:
        raise broken(place, error) from None


def members(file: File) -> Iterator[File]:
    """Yield the files in a zip or tar in the order of their names.

    Raises
    ------
    UnusableInput
        If it is broken, or has too many files or bytes.
    """
    entries = _zip_entries if file.suffix == ".zip" else _tar_entries
    used = 0
    try:
        for number, (name, read) in enumerate(entries(file)):
            if number == MOST_MEMBERS:
                raise file.unusable(f"it has more than {MOST_MEMBERS:,} files", "Unpack it")
            parts = PurePosixPath(name).parts
            if "__MACOSX" in parts or not parts or parts[-1].startswith("."):
                continue
            place = f"{file.place}, {name}"
            data = bounded(read, place, used=used)
            used += len(data)
            yield File(name, data, place)
    except BROKEN as error:
        raise broken(file.place, error) from None


def _zip_entries(file: File) -> Iterator[tuple[str, Callable[[int], bytes]]]:
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        entries, most = archive.infolist(), most_unpacked()
        if sum(entry.file_size for entry in entries) > most:  # some lie, which `bounded` finds
            raise UnusableInput(file.place, f"unpacked it has more than {most:,} bytes", _TAKE_ONE)
        for entry in sorted(entries, key=lambda e: e.filename):
            if not entry.is_dir():
                with archive.open(entry) as member:
                    yield entry.filename, member.read


def _tar_entries(file: File) -> Iterator[tuple[str, Callable[[int], bytes]]]:
    packed = file.data.startswith(GZIP)
    plain = io.BytesIO(gunzipped(file.data, file.place) if packed else file.data)
    with tarfile.open(fileobj=plain, mode="r:") as archive:
        for entry in sorted(archive.getmembers(), key=lambda e: e.name):
            member = archive.extractfile(entry) if entry.isfile() else None
            if member is not None:
                yield entry.name, member.read
