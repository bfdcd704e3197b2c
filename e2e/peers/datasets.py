"""The records that are asked about: which files, which types. Index mapping and stream file come of one table, so that both
sides take each field for the same."""

import csv
import gzip
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import places

SAMPLES = places.DATA / "opensearch-sample"
TAXI_FIXES = 12_000


@dataclass(frozen=True)
class Dataset:
    """Records with their types. `fields` maps dotted names to types; `time` is the field and unit of the event time."""

    name: str
    records: Callable[[], list]
    time: tuple
    fields: dict

    def mapping(self):
        """`properties` of an OpenSearch index. Each keyword has a sub-field `keyword`, as dynamic mapping would make."""
        root = {}
        for path, kind in self.fields.items():
            *objects, last = path.split(".")
            properties = root
            for name in objects:
                properties = properties.setdefault(name, {"properties": {}})["properties"]
            properties[last] = {"type": kind}
            if kind in ("keyword", "text"):
                properties[last]["fields"] = {"keyword": {"type": "keyword"}}
        return root

    def stream_file(self):
        """The stream's description. Nothing is late and nothing expires: all of a file is asked about."""
        field, unit = self.time
        stream = {
            "stream": self.name,
            "topics": [self.name],
            "format": "json",
            "mode": "append",
            "time": {"field": field, "unit": unit},
            "clock": "stream",
            "lateness": "3650d",
            "retention": {"memory": "3650d"},
            "fields": self.fields,
        }
        return json.dumps(stream)


def lines_of(path):
    """Objects of a gzipped file with one on each line."""
    with gzip.open(places.require(path, "set HAILSTREAM_DATA to the folder of test data"), "rt") as file:
        return [json.loads(line) for line in file]


def fixes():
    """The first fixes of one morning of San Francisco cabs, with an address made of the cab's place in the alphabet."""
    with gzip.open(places.day_csv(), "rt") as file:
        rows = list(itertools.islice(csv.DictReader(file), TAXI_FIXES))
    numbers = {cab: number for number, cab in enumerate(sorted({row["cab_id"] for row in rows}))}
    return [fix(row, numbers[row["cab_id"]]) for row in rows]


def fix(row, number):
    """A record of one fix."""
    return {
        "ts": int(row["ts"]) * 1000,
        "cab_id": row["cab_id"],
        "gateway": f"10.0.{number % 4}.{number // 4}",
        "position": {"lat": float(row["lat"]), "lon": float(row["lon"])},
        "lat": float(row["lat"]),
        "occupied": row["occupied"] == "1",
    }


def kiosk():
    """A few records written by hand, for what real ones seldom hold: see the file."""
    return [json.loads(line) for line in Path(__file__).with_name("kiosk.ndjson").read_text().splitlines()]


FLIGHTS = Dataset(
    "flights",
    lambda: lines_of(SAMPLES / "flights.json.gz"),
    ("timestamp", "iso8601"),
    {
        "timestamp": "date",
        **dict.fromkeys(("FlightNum", "Carrier", "Origin", "OriginAirportID", "OriginCityName", "OriginCountry"), "keyword"),
        **dict.fromkeys(("OriginRegion", "OriginWeather", "Dest", "DestAirportID", "DestCityName", "DestCountry"), "keyword"),
        **dict.fromkeys(("DestRegion", "DestWeather", "FlightDelayType"), "keyword"),
        **dict.fromkeys(("OriginLocation", "DestLocation"), "geo_point"),
        **dict.fromkeys(("AvgTicketPrice", "DistanceMiles", "DistanceKilometers", "FlightTimeMin", "FlightTimeHour"), "double"),
        **dict.fromkeys(("FlightDelayMin", "dayOfWeek"), "long"),
        **dict.fromkeys(("FlightDelay", "Cancelled"), "boolean"),
    },
)

PRODUCT = {
    **dict.fromkeys(("manufacturer", "category", "sku", "_id"), "keyword"),
    "product_name": "text",
    "created_on": "date",
    **dict.fromkeys(("quantity", "product_id"), "long"),
    **dict.fromkeys(("base_price", "tax_amount", "discount_percentage", "unit_discount_amount", "min_price"), "double"),
    **dict.fromkeys(("taxless_price", "discount_amount", "price", "taxful_price", "base_unit_price"), "double"),
}

ORDERS = Dataset(
    "orders",
    lambda: lines_of(SAMPLES / "ecommerce.json.gz"),
    ("order_date", "iso8601"),
    {
        "order_date": "date",
        **dict.fromkeys(("category", "currency", "customer_first_name", "customer_gender", "customer_last_name"), "keyword"),
        **dict.fromkeys(("customer_phone", "day_of_week", "email", "manufacturer", "sku", "type", "user"), "keyword"),
        "customer_full_name": "text",
        **dict.fromkeys(("customer_id", "order_id", "day_of_week_i", "total_quantity", "total_unique_products"), "long"),
        **dict.fromkeys(("taxful_total_price", "taxless_total_price"), "double"),
        **dict.fromkeys(("geoip.country_iso_code", "geoip.region_name", "geoip.continent_name", "geoip.city_name"), "keyword"),
        "geoip.location": "geo_point",
        **{f"products.{name}": kind for name, kind in PRODUCT.items()},
    },
)

TAXI = Dataset(
    "taxi",
    fixes,
    ("ts", "ms"),
    {"ts": "date", "cab_id": "keyword", "gateway": "ip", "position": "geo_point", "lat": "double", "occupied": "boolean"},
)

KIOSK = Dataset(
    "kiosk",
    kiosk,
    ("at", "iso8601"),
    {
        "at": "date",
        "shop": "keyword",
        "note": "text",
        "tags": "keyword",
        "version": "keyword",
        "amounts": "double",
        "code": "long",
        "paid": "boolean",
        "due": "date",
        "addr": "ip",
        "place": "geo_point",
        "items.name": "keyword",
        "items.price": "double",
        "items.count": "long",
    },
)

DATASETS = {dataset.name: dataset for dataset in (FLIGHTS, ORDERS, TAXI, KIOSK)}

# Those whose records have one shape, so that tables can be made of them.
TABLES = ("flights", "orders", "taxi")
