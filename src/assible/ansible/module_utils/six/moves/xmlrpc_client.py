"""The standard library's ``xmlrpc.client``."""

import sys
import xmlrpc.client

sys.modules[__name__] = xmlrpc.client
