"""The standard library's ``collections.abc``."""

import collections.abc
import sys

sys.modules[__name__] = collections.abc
