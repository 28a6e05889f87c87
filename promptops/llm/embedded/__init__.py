"""The embedded model: weights from an installed package, run in this process."""
