"""Prompt files of other tools, read with the place of every character."""
