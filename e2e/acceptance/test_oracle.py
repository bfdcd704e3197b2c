"""The calculation that everything is compared with, checked on facts known from elsewhere and on cases done by hand."""

import unittest

import comparing
import fixes
import oracle
import places
import trips
from fixes import Fix


def track(*fixes_of_cab):
    """Fixes `(ts, lon, occupied)` of one cab at 37.7 N."""
    return [Fix(ts, "c", 37.7, lon, occupied) for ts, lon, occupied in fixes_of_cab]


class TheDay(unittest.TestCase):
    def test_has_the_fixes_cabs_and_pick_ups_its_source_states(self):
        day = fixes.day()
        self.assertEqual(len(day), 456_453)
        self.assertEqual(oracle.cabs(day), 499)
        last, pick_ups = {}, 0
        for fix in day:
            pick_ups += fix.occupied and last.get(fix.cab) is False
            last[fix.cab] = fix.occupied
        self.assertEqual(pick_ups, 17_951)

    def test_is_in_order_and_names_no_fix_twice(self):
        names = [(fix.ts, fix.cab) for fix in fixes.day()]
        self.assertEqual(names, sorted(set(names)))

    def test_has_no_more_trips_than_pick_ups(self):
        found = trips.find(fixes.day())
        under_way = len({fix.cab for fix in oracle.newest_per_cab(fixes.day()) if fix.occupied})
        self.assertLessEqual(17_951 - under_way, len(found))
        self.assertLess(len(found), 17_951)
        self.assertEqual(len({trip.trip_id for trip in found}), len(found))


class Answers(unittest.TestCase):
    def test_empty_intervals_lie_between_the_first_and_the_last_fix(self):
        rows = oracle.by_time(track((65, 0, True), (70, 0, True), (190, 0, True)), 60)
        self.assertEqual(rows, [[60_000, 2], [120_000, 0], [180_000, 1]])

    def test_equal_counts_are_ordered_by_key(self):
        self.assertEqual(oracle.by_count("bca" + "cd", size=3), [["c", 2], ["a", 1], ["b", 1]])

    def test_tiles_are_the_known_ones(self):
        for lon, lat, zoom, key in [
            (-122.4194, 37.7749, 12, (12, 655, 1583)),
            (13.3777, 52.5163, 15, (15, 17601, 10746)),
            (180.0, 0.0, 3, (3, 7, 4)),
        ]:
            self.assertEqual(oracle.tile(Fix(0, "c", lat, lon, True), zoom), key)

    def test_a_sum_that_differs_in_the_eleventh_digit_is_another(self):
        self.assertTrue(comparing.same(1.0000000000001, 1.0))
        self.assertFalse(comparing.same(1.00000000001, 1.0))
        self.assertFalse(comparing.same(3.0, 3))
        self.assertFalse(comparing.same(True, 1))
        self.assertEqual(comparing.differences([[1]], [[1], [2]]), ["1 rows, 2 expected"])


class Trips(unittest.TestCase):
    def test_runs_from_the_first_hired_to_the_first_free_fix(self):
        first, second = trips.find(
            track(
                (0, -122.40, False), (60, -122.41, True), (120, -122.42, True), (180, -122.43, False),
                (300, -122.43, False), (400, -122.44, True), (460, -122.45, False),
            )
        )
        self.assertEqual((first.trip_id, round(first.distance_m), first.wait_s, first.fare), ("c-60", 1760, None, 5.35))
        self.assertEqual((second.trip_id, round(second.distance_m), second.wait_s, second.fare), ("c-400", 880, 220, 4.0))

    def test_a_jump_is_left_out_of_the_distance_not_of_the_time(self):
        (trip,) = trips.find(
            track((0, -122.4, False), (10, -122.4, True), (70, -121.4, True), (130, -122.4, True), (190, -122.41, False))
        )
        self.assertEqual((round(trip.distance_m), trip.jumps, trip.fare), (880, 2, 4.9))

    def test_gaps_begin_a_new_wait(self):
        waits = [
            trip.wait_s
            for trip in trips.find(
                track(
                    (0, 0, True), (200, 0, False), (2000, 0, False), (2100, 0, True), (2160, 0, False), (4000, 0, True),
                    (4060, 0, False),
                )
            )
        ]
        self.assertEqual(waits, [100, None])

    def test_unfinished_trips_and_cabs_first_seen_hired_have_none(self):
        self.assertEqual(trips.find(track((0, 0, True), (60, 0, False), (120, 0, True), (180, 0, True))), [])


class Neighbourhoods(unittest.TestCase):
    def test_name_known_places(self):
        zones = trips.Zones(places.require(places.ZONES_GEOJSON, "set HAILSTREAM_DATA"))
        self.assertEqual(zones.name_at(-122.4194, 37.7599), "Mission")
        self.assertEqual(zones.name_at(-122.27, 37.80), "Elsewhere")


if __name__ == "__main__":
    unittest.main()
