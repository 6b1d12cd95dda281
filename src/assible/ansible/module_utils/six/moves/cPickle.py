"""The standard library's ``pickle``."""

import pickle
import sys

sys.modules[__name__] = pickle
