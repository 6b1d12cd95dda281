"""The standard library's ``urllib.response``."""

import sys
import urllib.response

sys.modules[__name__] = urllib.response
