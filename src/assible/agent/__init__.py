"""agent: what runs on the target: wire, loop, toolkit. Standard library only, Python 3.6+.

The controller sends this package's source over the connection's stdin; nothing of it is written to the target's disk.
``bootstrap`` composes what is sent, ``loop`` serves requests, ``runner`` forks modules, ``toolkit`` is for modules.
"""
