"""The standard library's ``http.client``."""

import http.client
import sys

sys.modules[__name__] = http.client
