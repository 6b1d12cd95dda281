"""Reading values."""
