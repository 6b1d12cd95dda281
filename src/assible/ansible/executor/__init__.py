"""Ansible's ``executor``: the shapes that plugins see."""
