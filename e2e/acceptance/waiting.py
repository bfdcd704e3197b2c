"""Waiting for a condition, never for a length of time."""

import time

POLL_SECS = 0.02


class TooLate(AssertionError):
    """A condition did not come true within its time."""


def until(condition, within, what):
    """The first true value of `condition()`, asked every few milliseconds for at most `within` seconds. `what` is a
    text, or a function that says how far things got."""
    deadline = time.monotonic() + within
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            said = what() if callable(what) else what
            raise TooLate(f"not within {within} s: {said}")
        time.sleep(POLL_SECS)
