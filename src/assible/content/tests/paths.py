"""Paths of the controller."""

from __future__ import annotations

import os.path

directory = os.path.isdir
regular_file = os.path.isfile
link = os.path.islink
exists = os.path.exists
link_exists = os.path.lexists
mount = os.path.ismount
absolute = os.path.isabs
same_file = os.path.samefile
