"""Prefect tasks: a reference in, a small value out; each a shell around one library call.

``data`` · ``linting`` · ``clustering`` · ``evaluation`` · ``optimization`` · ``rewriting`` ·
``regression`` · ``routing`` · ``packing`` · ``tracking`` · ``events``
"""
