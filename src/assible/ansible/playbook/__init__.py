"""Ansible's ``playbook``: the shapes that plugins see."""
