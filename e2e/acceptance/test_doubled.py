"""A whole topic that came twice: what a mirror or a careless writer does to it changes no answer, and is told in full."""

import json
import random
import unittest

import loaded_day
import server
from comparing import assert_rows
from loaded_day import FIXES

SEED = 815
# Fixes move by up to so much against each other; far less than the lateness of a stream that says nothing of it.
SHUFFLED_SECS = 600

# Answers that do not name where in Kafka a record lies.
ASKED = ("count by minute", "by occupied", "top 20 cabs", "cabs by hour", "geotile grid", "statistics of lat", "range filter",
         "hours by occupied", "entity table")

DOUBLED = loaded_day.STREAMS["positions"].replace("positions", "doubled", 1).replace("taxi.positions", "taxi.doubled") + """
dedupe: {by: [cab_id, ts], within: 1h}
"""
MINUTES = """
stream: minutes_doubled
topics: [taxi.minutes_doubled]
mode: upsert
key: [occupied, window]
time: {field: window, unit: ms}
clock: stream
fields:
  occupied: boolean
  window: date
  fixes: long
"""


class Doubled(unittest.TestCase):
    """Events told apart by their identity, aggregates by their key."""

    @classmethod
    def setUpClass(cls):
        cls.day = loaded_day.get()
        cls.day.broker.topics(taxi__doubled=4, taxi__minutes_doubled=2)
        cls.server = server.Server(cls.day.broker.bootstrap, {"doubled": DOUBLED, "minutes_doubled": MINUTES})
        cls.addClassCleanup(cls.server.stop)

    def test_events_doubled_and_shuffled_within_the_lateness_answer_as_before(self):
        draw = random.Random(SEED)
        copies = [record for record in self.day.records for _ in range(2)]
        times = {id(record): record.json()["ts"] for record in self.day.records}
        copies.sort(key=lambda record: times[id(record)] + draw.uniform(0, SHUFFLED_SECS))
        self.day.broker.write("taxi.doubled", ((record.key, record.value) for record in copies))

        account = self.server.await_consumed("doubled", 2 * FIXES)
        none = dict.fromkeys(("filtered", "late_dropped", "dead_lettered", "tombstones"), 0)
        self.assertEqual(account, {"consumed": 2 * FIXES, "applied": FIXES, "duplicate": FIXES, **none})
        for name in ASKED:
            query = {**self.day.queries[name], "stream": "doubled"}
            assert_rows(self.server.query(query)["rows"], self.day.answers[name], name)

    def test_aggregates_sent_once_more_from_the_start_end_as_before(self):
        rows = running_counts(self.day.records)
        # As a mirror that lost its place does: the same rows in the same order, hours after they were told first.
        self.day.broker.write("taxi.minutes_doubled", rows + rows)

        account = self.server.await_consumed("minutes_doubled", 2 * len(rows))
        none = dict.fromkeys(("filtered", "duplicate", "late_dropped", "dead_lettered", "tombstones"), 0)
        self.assertEqual(account, {"consumed": 2 * len(rows), "applied": 2 * len(rows), **none})
        asked = {
            "stream": "minutes_doubled",
            "buckets": [{"id": "minute", "type": "date_histogram", "fixed_interval": "1m", "min_doc_count": 1}],
            "metrics": [{"id": "fixes", "type": "sum", "field": "fixes"}],
        }
        minutes = [[minute, float(count)] for minute, count in self.day.answers["count by minute"] if count]
        assert_rows(self.server.query(asked)["rows"], minutes, "minutes of the day")


def running_counts(records):
    """Rows as a stream processor tells them: the fixes of a minute, free and hired, told at once and then anew every few records."""
    counts, rows = {}, []
    for place, record in enumerate(sorted(records, key=lambda record: record.json()["ts"])):
        fix = record.json()
        key = fix["occupied"], fix["ts"] // 60 * 60_000
        counts[key] = counts.get(key, 0) + 1
        if place % 10 == 0 or counts[key] == 1:
            rows.append(row(key, counts[key]))
    return rows + [row(key, count) for key, count in counts.items()]


def row(key, count):
    """A keyed record of an aggregate."""
    occupied, window = key
    return f"{occupied}:{window}", json.dumps({"occupied": occupied, "window": window, "fixes": count})


if __name__ == "__main__":
    unittest.main()
