"""Subscribers that ship: each turns a run's events into output."""
