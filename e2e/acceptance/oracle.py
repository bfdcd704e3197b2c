"""What queries must answer, worked out on the fixes themselves. Plain loops over all rows; nothing of the product is used.

Each function gives rows as the API does: a list of lists, times in epoch milliseconds."""

import math
from collections import Counter, defaultdict

MINUTE_S, HOUR_S = 60, 3600


def by_time(fixes, interval_s, value=len):
    """A row for each interval from the first to the last fix, with `value` of the fixes in it; empty ones too."""
    groups = defaultdict(list)
    for fix in fixes:
        groups[fix.ts // interval_s * interval_s].append(fix)
    starts = range(min(groups), max(groups) + 1, interval_s)
    return [[start * 1000, value(groups.get(start, []))] for start in starts]


def by_count(keys, size=None):
    """Keys with their counts, most frequent first, ties by key; at most `size` of them."""
    ranked = sorted(Counter(keys).items(), key=lambda pair: (-pair[1], pair[0]))
    return [list(pair) for pair in ranked[:size]]


def cabs(fixes):
    """How many different cabs."""
    return len({fix.cab for fix in fixes})


def statistics(values):
    """min, max, avg, sum of a list that is not empty; the sum is exact before its one rounding."""
    total = math.fsum(values)
    return [min(values), max(values), total / len(values), total]


def tile(fix, zoom):
    """The key of OpenSearch's `geotile_grid`, as its GeoTileUtils computes it."""
    tiles = 1 << zoom
    x = math.floor((fix.lon + 180.0) / 360.0 * tiles)
    sine = math.sin(math.radians(fix.lat))
    y = math.floor((0.5 - math.log((1.0 + sine) / (1.0 - sine)) / (4.0 * math.pi)) * tiles)
    x, y = (max(0, min(tiles - 1, number)) for number in (x, y))
    return zoom, x, y


def by_tile(fixes, zoom):
    """Tiles with their counts, most frequent first, ties by zoom, x and y."""
    return [["/".join(map(str, key)), count] for key, count in by_count(tile(fix, zoom) for fix in fixes)]


def newest_per_cab(fixes):
    """The newest fix of each cab, by cab. The fixes are in order of time."""
    return sorted({fix.cab: fix for fix in fixes}.values(), key=lambda fix: fix.cab)


def per_group(rows, key, measures):
    """Rows grouped: `{key(row): [measure(rows of the group), …]}`."""
    groups = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return {name: [measure(group) for measure in measures] for name, group in groups.items()}
