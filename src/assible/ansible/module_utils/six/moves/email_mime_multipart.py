"""The standard library's ``email.mime.multipart``."""

import email.mime.multipart
import sys

sys.modules[__name__] = email.mime.multipart
