"""OpenSearch's answer as rows of ours: buckets depth first, then the columns of the metrics. Aggregations have the ids of our buckets
and metrics; a metric under a filter is an aggregation `filter` of that id with one of the same id inside."""


def of_answer(answer, query):
    """All rows of an answer to the question `query`."""
    top = {**answer.get("aggregations", {}), "doc_count": answer["hits"]["total"]["value"]}
    return list(below(top, query.get("buckets", []), query.get("metrics") or [{"id": "count", "type": "count"}]))


def below(group, buckets, metrics):
    """The rows of one group."""
    if not buckets:
        yield [cell for metric in metrics for cell in cells(group, metric)]
        return
    bucket, *inner = buckets
    found = group[bucket["id"]]
    for key, one in keyed(found["buckets"]):
        yield from ([key, *row] for row in below(one, inner, metrics))
    if bucket.get("other") and found["sum_other_doc_count"]:
        yield [None] * (1 + len(inner)) + [found["sum_other_doc_count"]]


def keyed(buckets):
    """Each bucket with its key, of a list or an object."""
    if isinstance(buckets, dict):
        yield from buckets.items()
    else:
        yield from ((key_of(bucket), bucket) for bucket in buckets)


def key_of(bucket):
    """The key; truth values are told apart from numbers only by their text."""
    truth = {"true": True, "false": False}
    return truth.get(bucket.get("key_as_string"), bucket["key"])


def cells(group, metric):
    """The cells of one metric of a group."""
    name, kind = metric["id"], metric["type"]
    if kind == "count" and "filter" not in metric:
        return [group["doc_count"]]
    if name not in group:
        return [None]  # a pipeline without a value says nothing
    found = group[name]
    if "filter" in metric:
        if kind == "count":
            return [found["doc_count"]]
        found = found[name]
    if kind in ("percentiles", "percentile_ranks"):
        return [number(value) for value in found["values"].values()]
    return [shapes.get(kind, plain)(found, metric)]


def plain(found, _metric):
    """A metric of one number."""
    return number(found["value"])


def number(value):
    """OpenSearch writes NaN as text, and infinities for extremes of nothing."""
    return None if value in ("NaN", "Infinity", "-Infinity") else value


def centroid(found, _metric):
    """`[longitude, latitude]`."""
    at = found.get("location")
    return at and [at["lon"], at["lat"]]


def box(found, _metric):
    """`[west, south, east, north]`."""
    bounds = found.get("bounds")
    return bounds and [
        bounds["top_left"]["lon"],
        bounds["bottom_right"]["lat"],
        bounds["bottom_right"]["lon"],
        bounds["top_left"]["lat"],
    ]


def deviation(found, metric):
    """The deviation of the population, or a bound."""
    if "bound" in metric:
        return number(found["std_deviation_bounds"][metric["bound"]])
    return number(found["std_deviation"])


def median(found, _metric):
    """OpenSearch has it as the 50th percentile."""
    return number(found["values"]["50.0"])


def first_hits(found, metric):
    """Values of a field in the first hits as OpenSearch Dashboards takes them: one as it is, several as a list."""
    values = [hit["_source"][metric["field"]] for hit in found["hits"]["hits"] if metric["field"] in hit["_source"]]
    return values if len(values) > 1 else next(iter(values), None)


shapes = {
    "geo_centroid": centroid,
    "geo_bounds": box,
    "std_dev": deviation,
    "median": median,
    "top_hits": first_hits,
}
