"""The standard library's ``http.server``."""

import http.server
import sys

sys.modules[__name__] = http.server
