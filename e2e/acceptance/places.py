"""Where the tested binary, the data and the Kafka script are. Nothing here starts anything."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BINARY = Path(os.environ.get("HAILSTREAM_BIN", ROOT / "target/release/hailstream"))
DATA = Path(os.environ.get("HAILSTREAM_DATA", ROOT.parent / "shared/data"))
KAFKA_SCRIPT = Path(os.environ.get("HAILSTREAM_TEST_KAFKA_SCRIPT", ROOT / "scripts/kafka"))

# One real day of San Francisco cabs: ts (unix s), cab_id, lat, lon, occupied (0/1), sorted by ts, cab_id.
DAY_CSV = DATA / "taxi-sf/positions-2008-05-21.csv.gz"
ZONES_GEOJSON = DATA / "zones/sf-neighborhoods.geojson.gz"


class Missing(Exception):
    """Something these tests need is not there; the words say how to get it."""


def require(path: Path, hint: str) -> Path:
    """`path`, if it exists."""
    if not path.exists():
        raise Missing(f"{path} is missing: {hint}")
    return path


def day_csv() -> Path:
    """The file of the day, or words about where it is looked for."""
    return require(DAY_CSV, f"set HAILSTREAM_DATA to the folder of test data (now {DATA})")


def binary() -> Path:
    """The shipped binary, or words about how to build it."""
    return require(BINARY, "run `make build`, or name a binary in HAILSTREAM_BIN")
