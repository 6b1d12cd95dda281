"""``ansible.release``: the version of ansible-core whose behaviour is ours."""

from __future__ import annotations

from typing import Final

__version__: Final = "2.21.0"
__author__: Final = "the Assible project"
__codename__: Final = "assible"

__all__ = ["__author__", "__codename__", "__version__"]
