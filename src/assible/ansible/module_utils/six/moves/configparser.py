"""The standard library's ``configparser``."""

import configparser
import sys

sys.modules[__name__] = configparser
