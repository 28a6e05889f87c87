"""Packs: a released set of prompts with the evidence that they work.

``definition`` is what people write, ``build`` makes a folder and an archive whose bytes depend on
nothing but their content, ``verify`` proves offline that no byte changed.
"""
