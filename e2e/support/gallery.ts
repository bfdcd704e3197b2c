// A panel of every type, and the page that shows pictures of all of them in all states and both themes side by side.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { count, fare, names, ranges, terms, time } from "./trips";

const asks = (buckets: object[], metrics: object[] = [count]) => ({ stream: "trips", buckets, metrics });

interface Example {
  query?: object;
  extra_queries?: object;
  params?: object;
}

/** One example of each type. */
export const EXAMPLES: Record<string, Example> = {
  metric: { query: asks([], [fare]), params: { format: { kind: "usd", decimals: 2 }, note: "a trip, on average" } },
  line: { query: asks([time], [fare]), params: { names } },
  area: { query: asks([time, terms("zone")]) },
  histogram: { query: asks([time, terms("payment")]) },
  horizontal_bar: { query: asks([terms("zone", 8)]), params: { names, show_values: true } },
  gauge: { query: asks([terms("payment", 2)], [fare]), params: { ranges, names, sub_text: "per trip" } },
  goal: { query: asks([]), params: { ranges: [{ from: 0, to: 2_000 }], names } },
  heatmap: { query: asks([time, terms("zone", 8)]) },
  pie: { query: asks([terms("payment")]) },
  tagcloud: { query: asks([terms("zone", 20)]), params: { max_font_size: 40 } },
  table: { query: asks([terms("zone", 8)], [count, fare]) },
  search: { query: { stream: "trips", hits: { size: 50, fields: ["cab_id", "zone", "fare", "payment"] } } },
  map: {
    query: { stream: "telemetry", entities: { size: 10_000, fields: ["position", "status", "heading"] } },
    params: { basemap: "san-francisco", position: "position", heading: "heading", status: "status" },
  },
  input_control_vis: {
    extra_queries: {
      zone: asks([{ id: "option", type: "terms", field: "zone", size: 50 }]),
      fare: asks([], [{ id: "min", type: "min", field: "fare" }, { id: "max", type: "max", field: "fare" }]),
    },
    params: {
      update_filters_on_change: true,
      controls: [
        { id: "zone", type: "list", field: "zone", label: "Zone", dynamic_options: true },
        { id: "fare", type: "range", field: "fare", label: "Fare" },
      ],
    },
  },
  markdown: { params: { markdown: "## Words\n\nWhat there is to *say* about a board, with [links](/) and\n\n| a | table |\n|---|---|\n| of | two |" } },
};

/** How a question is changed so that a panel comes into a state. */
const CHANGED = {
  live: (query: any) => query,
  empty: (query: any) => ({ ...query, query: query.entities ? "status: parked_on_the_moon" : "zone: Atlantis" }),
  error: (query: any) => ({ ...query, stream: "tripz" }),
};

/** The attributes of a board with all types, in a state. */
export function galleryBoard(state: keyof typeof CHANGED): object {
  const panels = Object.entries(EXAMPLES).map(([type, { query, extra_queries, params }], place) => ({
    panelIndex: type,
    gridData: { x: (place % 3) * 16, y: Math.floor(place / 3) * 8, w: 16, h: 8 },
    visualization: { title: type, type, params: params ?? {}, extra_queries: extra_queries ?? {}, ...(query && { query: CHANGED[state](query) }) },
  }));
  return { title: `Gallery: ${state}`, timeFrom: "now-1h", timeTo: "now", panels };
}

/** Writes the page: a row for each type, a column for each state and theme. Pictures are `type-state-theme.png` beside it. */
export function writeGallery(folder: string, types: string[], states: string[], themes: string[]): void {
  const columns = states.flatMap((state) => themes.map((theme) => ({ state, theme })));
  const head = columns.map(({ state, theme }) => `<th>${state}, ${theme}</th>`).join("");
  const cell = (type: string) => ({ state, theme }: { state: string; theme: string }) =>
    `<td><img loading="lazy" alt="${type}, ${state}, ${theme}" src="${type}-${state}-${theme}.png"></td>`;
  const rows = types.map((type) => `<tr><th>${type}</th>${columns.map(cell(type)).join("")}</tr>`);
  const style = "body{font:14px system-ui;margin:16px}td{padding:4px}img{width:420px;display:block}th{text-align:left;vertical-align:top;padding:4px}";
  const page = `<!doctype html><meta charset="utf-8"><title>Hailstream: panels</title><style>${style}</style>
<table><tr><th></th>${head}</tr>\n${rows.join("\n")}\n</table>\n`;
  writeFileSync(join(folder, "index.html"), page);
}
