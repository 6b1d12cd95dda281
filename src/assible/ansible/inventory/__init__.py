"""Ansible's ``inventory``: what plugins import of it."""
