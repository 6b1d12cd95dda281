"""The standard library's ``builtins``."""

import builtins
import sys

sys.modules[__name__] = builtins
