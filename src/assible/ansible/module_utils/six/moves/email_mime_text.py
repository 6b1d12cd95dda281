"""The standard library's ``email.mime.text``."""

import email.mime.text
import sys

sys.modules[__name__] = email.mime.text
