"""The standard library's ``urllib.parse``."""

import sys
import urllib.parse

sys.modules[__name__] = urllib.parse
