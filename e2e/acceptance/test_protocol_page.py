"""What docs/protocol.md says in Python does what it says: its reader of packed steps, and its rules of a delta."""

import copy
import json
import re
import unittest

import deltas
import places

PAGE = (places.ROOT / "docs" / "protocol.md").read_text()


def functions():
    """All that the page's Python defines."""
    defined = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL):
        exec(block, defined)
    return defined


def example():
    """The packed steps of the page, and the same as JSON."""
    packed, plain = re.search(r"These steps are the bytes `(\w+)`:\n\n```json\n(.*?)\n```", PAGE, re.DOTALL).groups()
    return bytes.fromhex(packed), json.loads(plain)


class ThePage(unittest.TestCase):
    def test_reads_packed_steps(self):
        packed, plain = example()
        self.assertEqual(functions()["unpack_steps"](packed), plain)

    def test_moves_a_result_on_as_viewers_do(self):
        _, steps = example()
        stamps = {f"{name}_ms": 5 for name in ("event_time", "watermark", "record_timestamp", "received", "pushed")}
        offsets = {"t": {"2": 7, "10": 8}, "s": {"0": 9}}
        before = {"columns": [], "rows": [[row, 10 * row, 0, "x", None, 4] for row in range(20)],
                  "as_of": {"sequence": 3, "timestamp_type": "create", "offsets": offsets, **stamps}}
        moved = {"sequence": 4, "event_time": 2, "watermark": None, "record_timestamp": 1, "received": -1, "pushed": 0,
                 "timestamp_type": None, "offsets": {"known": {"0": 1, "2": 5}}}
        delta = {"base": 3, "runs": [{"keep": {"from": 0, "count": 19}}], "steps": steps,
                 "cells": [{"row": 3, "column": 3, "value": "y"}], "as_of": moved}
        same = ("columns", "row_flags", "total", "approximate", "provisional_from_ms", "truncated", "range", "coverage")
        delta.update({name: "same" for name in same})
        after = deltas.apply(delta, copy.deepcopy(before))
        functions()["apply"](before, delta)
        self.assertEqual(before, after)
        self.assertEqual(after["rows"][3], [3, 91, -4, "y", None, 4])
        self.assertEqual(after["rows"][17], [17, 89, 9, "x", None, 3])
        self.assertEqual(after["as_of"]["offsets"], {"t": {"2": 7, "10": 13}, "s": {"0": 10}})
