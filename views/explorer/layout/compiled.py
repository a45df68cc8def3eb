"""Compile functions over all nodes, and run them on all cores.

Importing this module loads numba, so only large networks do. A kernel that runs on several threads
writes the result of node *i* from node *i*'s own sum: the outcome depends neither on how many
threads there are nor on the order in which they finish. Threads are Python's own around kernels
that release the interpreter lock; numba's parallel back ends would abort the process when two
callers lay out networks at the same time.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, cast

import numba

from partnergraph.views.explorer.layout.units import Floats

Function = TypeVar("Function", bound=Callable[..., Any])

BLOCK = 4096  # nodes a thread takes at a time


def kernel(function: Function) -> Function:
    """Return *function*, compiled at its first call and kept on disk where that is possible."""
    try:
        compiled = numba.njit(cache=True, nogil=True, fastmath=True)(function)
    except RuntimeError:  # neither the package's folder nor the user's cache can be written
        compiled = numba.njit(nogil=True, fastmath=True)(function)
    return cast(Function, compiled)


def in_blocks(run: Callable[..., None], x: Floats, *arguments: Any) -> None:
    """Run a kernel over fixed ranges of nodes, on all cores when there is more than one range."""
    starts = range(0, len(x), BLOCK)
    if len(starts) == 1:
        run(0, len(x), x, *arguments)
        return
    with ThreadPoolExecutor(min(os.cpu_count() or 1, len(starts))) as pool:
        ends = [min(start + BLOCK, len(x)) for start in starts]
        tasks = [pool.submit(run, a, b, x, *arguments) for a, b in zip(starts, ends, strict=True)]
        for task in tasks:
            task.result()
