"""The standard library's ``xmlrpc.server``."""

import sys
import xmlrpc.server

sys.modules[__name__] = xmlrpc.server
