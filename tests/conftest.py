"""The order of the tests: quick ones first, those that boot a Prefect server last.

Feedback comes sooner, and tests that fork do so before Prefect has started threads in this process.
"""


def pytest_collection_modifyitems(items):
    items.sort(key=lambda item: [item.get_closest_marker(name) is not None for name in ORDER])


ORDER = ("flow", "embedded", "slow")
