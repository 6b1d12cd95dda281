"""The standard library's ``reprlib``."""

import reprlib
import sys

sys.modules[__name__] = reprlib
