"""Ansible's ``vars``: what plugins import of it."""
