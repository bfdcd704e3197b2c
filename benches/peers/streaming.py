"""The first question of the bench as a Structured Streaming query: records per ten seconds and zone, with the average fare.

Says `rows N ANSWERS` after each batch. The watermark is the window of the board: buckets older than it are forgotten.
"""

import sys
import time

from pyspark.sql import SparkSession, functions

SCHEMA = """ts LONG, cab_id STRING, lat DOUBLE, lon DOUBLE, speed DOUBLE, heading INT, status STRING, occupied BOOLEAN,
    fare DOUBLE, engine_temp INT, idle_s INT, fuel INT, zone STRING"""

bootstrap, checkpoint = sys.argv[1:]
spark = (
    SparkSession.builder.master("local[2]")
    .config("spark.ui.enabled", "false")
    .config("spark.driver.host", "127.0.0.1")
    .config("spark.driver.bindAddress", "127.0.0.1")
    .config("spark.sql.shuffle.partitions", "2")
    .config("spark.sql.session.timeZone", "UTC")
    .getOrCreate()
)
spark.sparkContext.setLogLevel("WARN")
records = (
    spark.readStream.format("kafka")
    .option("kafka.bootstrap.servers", bootstrap)
    .option("subscribe", "bench.telemetry")
    .option("startingOffsets", "earliest")
    .option("maxOffsetsPerTrigger", "100000")
    .load()
    .select(functions.from_json(functions.col("value").cast("string"), SCHEMA).alias("record"))
    .select("record.*")
)
query = (
    records.withColumn("time", functions.timestamp_millis("ts"))
    .withWatermark("time", "15 minutes")
    .groupBy(functions.window("time", "10 seconds"), "zone")
    .agg(functions.count("*").alias("count"), functions.avg("fare").alias("average"))
    .writeStream.outputMode("update")
    .format("noop")
    .option("checkpointLocation", checkpoint)
    .trigger(processingTime="1 second")
    .start()
)
newest, rows, answers = -1, 0, 0
while query.isActive:
    progress = query.lastProgress
    # A trigger without records tells of the batch before once more.
    if progress and progress["batchId"] > newest and progress["numInputRows"] > 0:
        newest = progress["batchId"]
        rows += progress["numInputRows"]
        answers += 1
        print("rows", rows, answers, flush=True)
    time.sleep(0.2)
