"""What modules are made of. Standard library only, Python 3.6+.

``module`` is the face; ``arguments`` checks parameters, ``files`` and ``selinux`` change attributes, ``processes`` runs
programs, ``report`` writes the result.
"""
