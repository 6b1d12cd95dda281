"""The standard library's ``http.cookiejar``."""

import http.cookiejar
import sys

sys.modules[__name__] = http.cookiejar
