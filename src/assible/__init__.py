"""IT automation with a typed Python API."""
