"""What has another place since Python 3, under the names of the public package ``six``."""

import builtins
import os
from collections import UserDict, UserList, UserString
from functools import reduce
from importlib import reload as reload_module
from io import StringIO
from itertools import filterfalse, zip_longest
from shlex import quote as shlex_quote
from subprocess import getoutput, getstatusoutput
from sys import intern

cStringIO = StringIO
filter = builtins.filter
getcwd = os.getcwd
getcwdb = os.getcwdb
getcwdu = os.getcwd
input = builtins.input
map = builtins.map
range = builtins.range
xrange = builtins.range
zip = builtins.zip

__all__ = [
    "StringIO",
    "UserDict",
    "UserList",
    "UserString",
    "cStringIO",
    "filter",
    "filterfalse",
    "getcwd",
    "getcwdb",
    "getcwdu",
    "getoutput",
    "getstatusoutput",
    "input",
    "intern",
    "map",
    "range",
    "reduce",
    "reload_module",
    "shlex_quote",
    "xrange",
    "zip",
    "zip_longest",
]
