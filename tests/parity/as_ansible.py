"""Run a program that imports ``ansible`` with Assible under that name: ``as_ansible.py PROGRAM [ARGUMENT ...]``."""

import runpy
import sys

from assible._names import bind

if __name__ == "__main__":
    bind(owns_ansible=True)
    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")
