"""The cyclic garbage collector and work that makes many objects at once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collection_paused() -> Iterator[None]:
    """Pause the cyclic collector: data that is being loaded is all alive, and scanning it again and again is in vain.

    The collector is the process's, so other threads' cycles wait too; reference counting goes on. Where it is paused
    already, it stays so until the outermost pause ends.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
