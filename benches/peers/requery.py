"""The questions of the bench over a table that grows: files of records are appended, and every question is asked each second.

Says `rows N ANSWERS` after each file and `counted N` at the end.
"""

import json
import sys
import time

import duckdb

TYPES = {
    "ts": "BIGINT", "cab_id": "VARCHAR", "lat": "DOUBLE", "lon": "DOUBLE", "speed": "DOUBLE", "heading": "INTEGER",
    "status": "VARCHAR", "occupied": "BOOLEAN", "fare": "DOUBLE", "engine_temp": "INTEGER", "idle_s": "INTEGER",
    "fuel": "INTEGER", "zone": "VARCHAR",
}

with open(sys.argv[1]) as file:
    ask = json.load(file)
table = duckdb.connect()
columns = ", ".join(f"{name} {kind}" for name, kind in TYPES.items())
table.execute(f"CREATE TABLE records ({columns})")
READ = f"INSERT INTO records SELECT * FROM read_json(?, format = 'newline_delimited', columns = {TYPES})"
answers, asked_at = 0, time.monotonic()


def append(file):
    table.execute(READ, [file])
    global asked_at
    if time.monotonic() >= asked_at + 1:
        asked_at = time.monotonic()
        for question in ask["questions"]:
            answer(question)
    (rows,) = table.execute("SELECT count(*) FROM records").fetchone()
    print("rows", rows, answers, flush=True)


def answer(question):
    global answers
    (newest,) = table.execute("SELECT max(ts) FROM records").fetchone()
    answers += 1
    return table.execute(question, {"newest": newest}).fetchall()


for file in ask["history"]:
    append(file)
due = time.monotonic()
for file in ask["live"]:
    due += 1 / ask["appends_s"]
    time.sleep(max(0, due - time.monotonic()))
    append(file)
print("counted", sum(row[2] for row in answer(ask["questions"][0])), flush=True)
