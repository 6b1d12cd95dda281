"""What modules import, on targets and on the controller."""
