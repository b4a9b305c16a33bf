"""Compiled from ui/ by `make forms`; written by hand is only this line."""
