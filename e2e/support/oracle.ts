// What the panels of a dashboard must show, worked out from the records of the topics by plain loops: the queries are those of
// the dashboard's own document, nothing of the product's evaluation is used.

import type { Kafka } from "./process";

export type Row = Record<string, unknown>;
type Key = string | number | boolean | null;
/** Keys of the buckets, then the values of the metrics. */
export type Answer = { keys: Key[]; values: (number | null)[] }[];

export interface Query {
  stream: string;
  time?: { from: string; to: string };
  over?: "entities";
  filters?: Record<string, { field: string; value?: unknown; values?: unknown[] }>[];
  buckets?: { id: string; type: string; field?: string; size?: number; interval?: number; order?: { by: string }; other?: boolean }[];
  metrics?: { id: string; type: string; field?: string }[];
}

/** How a stream file says its records are to be read. */
export interface Stream {
  topic: string;
  time: string;
  /** Fields of the key of an upsert stream. */
  key?: string[];
  /** Field that names the entity, and for how long it is remembered. */
  entity?: string;
  expireMs?: number;
  dedupe?: string;
}

export class Topics {
  private readonly rows = new Map<string, Row[]>();

  constructor(private readonly streams: Record<string, Stream>) {}

  async read(kafka: Kafka): Promise<void> {
    for (const [name, stream] of Object.entries(this.streams)) {
      const records = (await kafka.read(stream.topic)).map((text) => JSON.parse(text) as Row);
      this.rows.set(name, settled(records, stream));
    }
  }

  /** The answer to a query in a range; entities are those of `now`. `intervalMs` is the width of its time buckets, where it
   * leaves that to the server. */
  answer(query: Query, range: { from: number; to: number }, now: number, intervalMs = 60_000): Answer {
    const stream = this.streams[query.stream];
    let rows = this.rows.get(query.stream)!;
    if (query.over === "entities") {
      rows = newest(rows, stream.entity!, stream.time).filter((row) => Number(row[stream.time]) > now - stream.expireMs!);
    } else {
      rows = rows.filter((row) => Number(row[stream.time]) >= range.from && Number(row[stream.time]) <= range.to);
    }
    for (const filter of query.filters ?? []) rows = rows.filter((row) => passes(filter, row));
    return nested(rows, query.buckets ?? [], query.metrics ?? [{ id: "count", type: "count" }], { ...stream, intervalMs });
  }

  entities(name: string, now: number): Row[] {
    const stream = this.streams[name];
    return newest(this.rows.get(name)!, stream.entity!, stream.time).filter((row) => Number(row[stream.time]) > now - stream.expireMs!);
  }

  newest(name: string, count: number, range: { from: number; to: number }): Row[] {
    const { time } = this.streams[name];
    const inside = this.rows.get(name)!.filter((row) => Number(row[time]) >= range.from && Number(row[time]) <= range.to);
    return inside.sort((a, b) => Number(b[time]) - Number(a[time])).slice(0, count);
  }
}

/** Upserts replace, duplicates count once. */
function settled(records: Row[], stream: Stream): Row[] {
  const names = stream.key ?? (stream.dedupe ? [stream.dedupe] : undefined);
  if (!names) return records;
  const rows = new Map<string, Row>();
  for (const record of records) {
    const key = JSON.stringify(names.map((name) => record[name]));
    if (stream.key || !rows.has(key)) rows.set(key, record);
  }
  return [...rows.values()];
}

function newest(rows: Row[], entity: string, time: string): Row[] {
  const last = new Map<unknown, Row>();
  for (const row of rows) {
    const before = last.get(row[entity]);
    if (!before || Number(before[time]) <= Number(row[time])) last.set(row[entity], row);
  }
  return [...last.values()];
}

function passes(filter: NonNullable<Query["filters"]>[number], row: Row): boolean {
  const [[kind, { field, value, values, ...bounds }]] = Object.entries(filter);
  if (kind === "term") return row[field] === value;
  if (kind === "terms") return values!.includes(row[field]);
  if (kind === "range") {
    const value = row[field];
    const { gte = -Infinity, lt = Infinity, ...rest } = bounds as { gte?: number; lt?: number };
    if (Object.keys(rest).length > 0) throw new Error(`bounds the test cannot work out: ${Object.keys(rest)}`);
    return typeof value === "number" && value >= gte && value < lt;
  }
  throw new Error(`a filter the test cannot work out: ${kind}`);
}

type Timed = Stream & { intervalMs: number };

function nested(rows: Row[], buckets: NonNullable<Query["buckets"]>, metrics: NonNullable<Query["metrics"]>, stream: Timed): Answer {
  const [bucket, ...inner] = buckets;
  if (!bucket) return [{ keys: [], values: metrics.map((metric) => measured(metric, rows)) }];
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const key = keyOf(bucket, row, stream);
    if (key === undefined) continue;
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  let ranked = [...groups.entries()];
  if (bucket.type === "terms") {
    const by = metrics.find(({ id }) => id === bucket.order?.by) ?? { id: "count", type: "count" };
    const worth = new Map(ranked.map(([key, group]) => [key, measured(by, group) ?? -Infinity]));
    ranked.sort(([a], [b]) => worth.get(b)! - worth.get(a)! || (String(a) < String(b) ? -1 : 1));
    const rest = ranked.slice(bucket.size ?? 10).flatMap(([, group]) => group);
    ranked = ranked.slice(0, bucket.size ?? 10);
    if (bucket.other && rest.length > 0) ranked.push([null, rest]);
  } else {
    ranked.sort(([a], [b]) => Number(a) - Number(b));
  }
  return ranked.flatMap(([key, group]) =>
    nested(group, inner, metrics, stream).map(({ keys, values }) => ({ keys: [key, ...keys], values })));
}

function keyOf(bucket: NonNullable<Query["buckets"]>[number], row: Row, stream: Timed): Key | undefined {
  switch (bucket.type) {
    case "terms":
      return row[bucket.field!] as Key | undefined;
    case "histogram": {
      const value = row[bucket.field!];
      return typeof value === "number" ? Math.floor(value / bucket.interval!) * bucket.interval! : undefined;
    }
    case "date_histogram":
      return Math.floor(Number(row[bucket.field ?? stream.time]) / stream.intervalMs) * stream.intervalMs;
    default:
      throw new Error(`a bucket the test cannot work out: ${bucket.type}`);
  }
}

function measured({ type, field }: { type: string; field?: string }, rows: Row[]): number | null {
  if (type === "count") return rows.length;
  const values = rows.map((row) => row[field!]).filter((value) => value !== undefined && value !== null);
  if (type === "cardinality") return new Set(values).size;
  const numbers = values.map(Number);
  const sum = numbers.reduce((total, value) => total + value, 0);
  if (type === "sum") return sum;
  if (numbers.length === 0) return null;
  if (type === "avg") return sum / numbers.length;
  if (type === "max") return numbers.reduce((a, b) => Math.max(a, b));
  if (type === "min") return numbers.reduce((a, b) => Math.min(a, b));
  throw new Error(`a metric the test cannot work out: ${type}`);
}

/** Whether the number in `words` is `value` as rounded to the digits shown: `$1,284.50`, `44 %`, `7.8 min`, `48.2k`. */
export function says(words: string, value: number | null): boolean {
  if (value === null) return words.trim() === "–";
  const [, digits, rest] = /(−?[\d,]+(?:\.\d+)?)\s*(\S*)/.exec(words.replace("$", "")) ?? [];
  if (digits === undefined) return false;
  const unit = { k: 1e3, M: 1e6, "%": 0.01, min: 60, h: 3_600, d: 86_400, ms: 0.001 }[rest as "k"] ?? 1;
  const shown = Number(digits.replaceAll(",", "").replace("−", "-"));
  const decimals = digits.split(".")[1]?.length ?? 0;
  return Math.abs(value / unit - shown) <= 0.5 * 10 ** -decimals + 1e-9;
}
