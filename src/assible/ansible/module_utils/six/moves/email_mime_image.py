"""The standard library's ``email.mime.image``."""

import email.mime.image
import sys

sys.modules[__name__] = email.mime.image
