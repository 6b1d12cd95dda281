"""The standard library's ``copyreg``."""

import copyreg
import sys

sys.modules[__name__] = copyreg
