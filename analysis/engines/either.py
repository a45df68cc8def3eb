"""Loops that run in plain Python where a network is small, and compiled where it is large.

Such a loop takes only numbers, lists or arrays, and random generators, so that it gives the same
result either way. numba is imported when a loop is first compiled, which takes seconds; the result
stays in numba's cache where that can be written.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from typing import Any, TypeVar, cast

Loop = TypeVar("Loop", bound=Callable[..., Any])
_LOCK = Lock()


def kernel(loop: Loop) -> Loop:
    """Compile a loop on its first call, and keep the result where numba can write its cache."""
    import numba

    try:
        return cast(Loop, numba.njit(nogil=True, cache=True)(loop))
    except RuntimeError:  # numba found no folder for its cache
        return cast(Loop, numba.njit(nogil=True)(loop))


def either(loop: Callable[..., Any], *, compiled: bool) -> Callable[..., Any]:
    """Return the loop itself, or its compiled form, which runs without the interpreter's lock."""
    if not compiled:
        return loop
    with _LOCK:
        return _once(loop)


_once: Callable[..., Callable[..., Any]] = lru_cache(maxsize=None)(kernel)
