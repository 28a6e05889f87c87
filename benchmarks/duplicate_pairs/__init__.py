"""Pairs of outside prompts with labels, and planted duplicates: what `duplicates.py` measures."""
