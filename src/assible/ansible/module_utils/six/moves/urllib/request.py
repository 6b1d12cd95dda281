"""The standard library's ``urllib.request``."""

import sys
import urllib.request

sys.modules[__name__] = urllib.request
