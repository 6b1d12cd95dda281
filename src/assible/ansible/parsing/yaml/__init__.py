"""Ansible's ``parsing.yaml``: what plugins import of it."""
