"""What holds for every test."""

import os

import pytest

# Before Qt is imported by anybody: the suite opens no window, also when plain `pytest` runs it on a desk.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the guard against the crashing Qt binding first: whatever ran before it could die without saying why."""
    items.sort(key=lambda item: item.path.name != "test_0_binding.py")
