"""The same records as tables of DuckDB, whose answers are the third opinion on numbers: exact ones, where the others estimate."""

import datetime
import decimal
import json
import tempfile
from pathlib import Path

import duckdb


class Tables:
    """A database in memory with one table per data set, named like it."""

    def __init__(self, records):
        self._database = duckdb.connect()
        with tempfile.TemporaryDirectory(prefix="hailstream-tables-") as folder:
            for name, found in records.items():
                path = Path(folder) / f"{name}.ndjson"
                path.write_text("\n".join(map(json.dumps, found)))
                self._database.execute(f"CREATE TABLE {name} AS SELECT * FROM read_json('{path}', sample_size = -1)")

    def query(self, sql):
        """The rows, with cells as ours have them."""
        return [[cell(value) for value in row] for row in self._database.execute(sql).fetchall()]

    def stop(self):
        """Lets go of the memory."""
        self._database.close()


def cell(value):
    """Times, which have no zone here, as epoch milliseconds of UTC."""
    if isinstance(value, datetime.datetime):
        return round(value.replace(tzinfo=datetime.timezone.utc).timestamp() * 1000)
    return float(value) if isinstance(value, decimal.Decimal) else value
