"""Routing: which target answers which prompt, decided by policy and learned from logged runs.

A **target** is a model plus a prompt variant. A policy (``policy``) says which targets exist, which
constraints may never be broken and what to aim for; ``recalibration`` turns logged runs into
estimates; ``decision`` orders the targets for one request, with a reason for each; ``report`` says
what a new set of estimates would change. Everything but loading files is a pure function.
"""
