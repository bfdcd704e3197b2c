"""All peers with the same records: ours behind a real Apache Kafka, a real OpenSearch, and DuckDB."""

import json

import datasets
import kafka
import server
from opensearch import OpenSearch
from tables import Tables


class Peers:
    """Started and filled; `stop` ends all."""

    def __init__(self, scenarios):
        wanted = [datasets.DATASETS[name] for name in sorted({one.data for one in scenarios})]
        records = {dataset.name: dataset.records() for dataset in wanted}
        self.tables = Tables({name: found for name, found in records.items() if name in datasets.TABLES})
        self.opensearch = OpenSearch()
        self.broker = kafka.Broker()
        # One partition: the records have one order, as in the index.
        self.broker.topics(**{dataset.name: 1 for dataset in wanted})
        boards = {one.stream(): one.data for one in scenarios if one.board}
        streams = {dataset.name: dataset.stream_file() for dataset in wanted}
        streams |= {one.stream(): one.board.stream_file(one.data) for one in scenarios if one.board}
        self.server = server.Server(self.broker.bootstrap, streams)
        for name, found in records.items():
            self.broker.write(name, [(None, json.dumps(record)) for record in found])
        self.opensearch.await_ready()
        for dataset in wanted:
            self.opensearch.fill(dataset.name, dataset.mapping(), records[dataset.name])
        for name, data in {**{name: name for name in records}, **boards}.items():
            account = self.server.await_consumed(name, len(records[data]))
            assert account["applied"] == len(records[data]), f"{name}: {account}"

    def ours(self, scenario):
        """Columns and rows of our answer."""
        answer = self.server.query({"stream": scenario.stream(), **scenario.ask})
        return answer["columns"], answer["rows"]

    def stop(self):
        """Ends all."""
        self.tables.stop()
        self.server.stop()
        self.opensearch.stop()
        self.broker.remove()
