"""What other versions of Python, or other packages, have under another name."""
