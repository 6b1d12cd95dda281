"""Adapters: our values in the shapes that plugins written for Ansible expect, and their classes as plugins of ours."""
