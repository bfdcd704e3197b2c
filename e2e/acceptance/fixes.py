"""The positions of a file as plain tuples, and a shortened copy for tests that need less than a day."""

import csv
import gzip
from collections import namedtuple
from functools import cache
from itertools import islice

import places

# ts in unix seconds, lat and lon as floats of the decimal text, occupied as a boolean.
Fix = namedtuple("Fix", "ts cab lat lon occupied")


@cache
def day():
    """All fixes of the day, in the file's order (by time, then cab)."""
    return tuple(read(places.day_csv()))


def read(path):
    """The fixes of a file."""
    with gzip.open(path, "rt", newline="") as file:
        rows = csv.reader(file)
        assert next(rows) == ["ts", "cab_id", "lat", "lon", "occupied"]
        for ts, cab, lat, lon, occupied in rows:
            yield Fix(int(ts), cab, float(lat), float(lon), occupied == "1")


def write_part(path, begin, end):
    """Copies the fixes number `begin` to `end` into a file of the same form."""
    with gzip.open(places.day_csv(), "rt") as source, gzip.open(path, "wt", compresslevel=1) as target:
        target.write(next(source))
        target.writelines(islice(source, begin, end))
    return path
