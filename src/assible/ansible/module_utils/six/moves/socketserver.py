"""The standard library's ``socketserver``."""

import socketserver
import sys

sys.modules[__name__] = socketserver
