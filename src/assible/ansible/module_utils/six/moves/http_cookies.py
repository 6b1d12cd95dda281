"""The standard library's ``http.cookies``."""

import http.cookies
import sys

sys.modules[__name__] = http.cookies
