"""Ansible's ``utils``: what plugins import of it."""
