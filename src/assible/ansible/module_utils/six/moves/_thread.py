"""The standard library's ``_thread``."""

import _thread
import sys

sys.modules[__name__] = _thread
