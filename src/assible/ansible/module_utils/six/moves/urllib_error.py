"""The standard library's ``urllib.error``."""

import sys
import urllib.error

sys.modules[__name__] = urllib.error
