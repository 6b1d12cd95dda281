"""The standard library's ``urllib.robotparser``."""

import sys
import urllib.robotparser

sys.modules[__name__] = urllib.robotparser
