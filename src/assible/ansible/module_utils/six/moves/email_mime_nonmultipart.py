"""The standard library's ``email.mime.nonmultipart``."""

import email.mime.nonmultipart
import sys

sys.modules[__name__] = email.mime.nonmultipart
