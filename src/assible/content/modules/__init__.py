"""The modules that ship. They run on targets: standard library and ``assible.agent`` only, Python 3.6+."""
