"""The standard library's ``email.mime.base``."""

import email.mime.base
import sys

sys.modules[__name__] = email.mime.base
