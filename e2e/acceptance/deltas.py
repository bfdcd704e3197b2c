"""The rules by which a viewer moves a result on by a delta, as docs/protocol.md has them."""


def apply(delta, result):
    """The result after `delta`. A delta that does not fit is an assertion error: the server must never send one."""
    stamps = result["as_of"]
    assert delta["base"] == stamps["sequence"], f"delta starts at {delta['base']}, the result is at {stamps['sequence']}"
    result = dict(result)
    result["rows"] = rows_after(delta, result["rows"])
    optional = ("columns", "row_flags", "total", "approximate", "provisional_from_ms", "truncated", "range", "coverage")
    for name in optional:
        change = delta[name]
        if change != "same":
            result[name] = change["to"]
    result["as_of"] = stamps_after(delta["as_of"], stamps)
    return result


def rows_after(delta, old):
    """Runs first, then steps, then single cells. A row is copied before a cell of it changes, for the old result stays as it was."""
    rows = []
    for run in delta["runs"]:
        if "insert" in run:
            rows.extend(run["insert"])
        else:
            begin, count = run["keep"]["from"], run["keep"]["count"]
            assert begin + count <= len(old), f"delta keeps rows up to {begin + count} of {len(old)}"
            rows.extend(old[begin:begin + count])
    for row, column, value in stepped(rows, delta.get("steps")):
        rows[row] = rows[row][:column] + [value] + rows[row][column + 1:]
    for cell in delta["cells"]:
        row = list(rows[cell["row"]])
        row[cell["column"]] = cell["value"]
        rows[cell["row"]] = row
    return rows


def stepped(rows, steps):
    """The cells that step, as (row, column, new value)."""
    after = []
    for form in steps["columns"] if steps else []:
        (kind, of), = form.items()
        column, stepping = of["column"], steps["rows"]
        if kind == "behind":
            newest = rows[stepping[0]][column] + of["newest"]
            after += [(row, column, wrapped(newest - by)) for row, by in zip(stepping, of["steps"], strict=True)]
            continue
        if kind == "few":
            stepping = [stepping[place] for place in of["places"]]
        pairs = zip(stepping, of["steps"], strict=True)
        after += [(row, column, wrapped(rows[row][column] + by)) for row, by in pairs if by != 0]
    return after


def wrapped(number):
    """As sums of 64 bits are."""
    return (number + 2**63) % 2**64 - 2**63


def stamps_after(moved, stamps):
    """Times are given as differences, positions as advances."""
    after = {**stamps, "sequence": moved["sequence"]}
    for name in ("event_time", "watermark", "record_timestamp", "received", "pushed"):
        if moved[name] is not None:
            after[f"{name}_ms"] = (stamps[f"{name}_ms"] or 0) + moved[name]
    if moved["timestamp_type"] is not None:
        after["timestamp_type"] = moved["timestamp_type"]
    offsets = {topic: dict(partitions) for topic, partitions in stamps["offsets"].items()}
    (kind, advances), = moved["offsets"].items()
    if kind == "known":
        held = [(topic, partition) for topic in sorted(offsets) for partition in sorted(offsets[topic], key=int)]
        for place, by in advances.items():
            topic, partition = held[int(place)]
            offsets[topic][partition] += by
    else:
        for topic, partitions in advances.items():
            known = offsets.setdefault(topic, {})
            for partition, by in partitions.items():
                known[partition] = known.get(partition, 0) + by
    after["offsets"] = offsets
    return after
