"""The standard library's ``queue``."""

import queue
import sys

sys.modules[__name__] = queue
