"""Prefect flows: the order of steps and nothing else.

``nightly`` the whole job · ``kb_regression`` when a knowledge base changes · ``recalibration``
routing from logged runs · ``clustering`` groups and duplicates · ``rewriting`` variants for other
model families · ``pack_release`` a candidate pack · ``deployments`` schedules and triggers
"""
