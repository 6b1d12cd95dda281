"""Shared parts of module_utils."""
