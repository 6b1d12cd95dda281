"""The standard library's ``html.parser``."""

import html.parser
import sys

sys.modules[__name__] = html.parser
