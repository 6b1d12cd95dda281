"""The version of ansible-core whose behaviour this is."""

__version__ = "2.21.0"
__author__ = "the Assible project"
__codename__ = ""
