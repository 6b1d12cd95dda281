"""The Ansible face: Ansible's public import tree, thin, over the rooms below."""
