"""Ansible's ``parsing``: what plugins import of it."""
