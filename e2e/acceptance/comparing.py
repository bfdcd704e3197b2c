"""Comparing an answer with what was worked out: keys, counts and order exactly, sums and averages within 1e-12."""

import math

RELATIVE = 1e-12


def same(answer, expected):
    """Whether two cells agree. Truth values, texts and whole numbers exactly; floats within 1e-12 of their size."""
    if isinstance(expected, (list, tuple)):
        return isinstance(answer, list) and len(answer) == len(expected) and all(map(same, answer, expected))
    if isinstance(expected, float):
        is_number = isinstance(answer, (int, float)) and not isinstance(answer, bool)
        return is_number and math.isclose(answer, expected, rel_tol=RELATIVE, abs_tol=0.0)
    return type(answer) is type(expected) and answer == expected


def differences(answer, expected, most=5):
    """What differs between two lists of rows, in words; empty when nothing does."""
    found = []
    if len(answer) != len(expected):
        found.append(f"{len(answer)} rows, {len(expected)} expected")
    for place, (got, wanted) in enumerate(zip(answer, expected)):
        if not same(got, wanted):
            found.append(f"row {place}: {got}, expected {wanted}")
            if len(found) > most:
                break
    return found


def assert_rows(answer, expected, what):
    """Insists that two lists of rows agree."""
    found = differences(answer, expected)
    assert not found, f"{what}: " + "; ".join(found)
