"""The standard library's ``html.entities``."""

import html.entities
import sys

sys.modules[__name__] = html.entities
