// Whatever people write into titles, units, notes, labels, filters and Markdown is text: three hundred ways to run a script, none of
// which runs.

import { type Page, expect, test } from "@playwright/test";
import { type Program, hailstream } from "../support/process";

let demo: Program;
let url: string;

test.beforeAll(async () => {
  demo = await hailstream("demo", "--listen", "127.0.0.1:0", "--entities", "50").until("ready ", 90_000);
  url = demo.said;
});

test.afterAll(async () => {
  await demo?.stop();
});

const RUN = "window.owned=1";
const VECTORS = [
  `<script>${RUN}</script>`,
  `<ScRiPt>${RUN}</sCrIpT>`,
  `<script src="data:text/javascript,${RUN}"></script>`,
  `<img src=x onerror=${RUN}>`,
  `<img src="x" onerror="${RUN}"/>`,
  `<svg onload=${RUN}>`,
  `<svg><script>${RUN}</script></svg>`,
  `<svg><animate onbegin=${RUN} attributeName=x dur=1s>`,
  `<body onload=${RUN}>`,
  `<iframe srcdoc="<script>parent.${RUN}</script>"></iframe>`,
  `<iframe src="javascript:parent.${RUN}"></iframe>`,
  `<details open ontoggle=${RUN}>x</details>`,
  `<input autofocus onfocus=${RUN}>`,
  `<video><source onerror=${RUN}></video>`,
  `<marquee onstart=${RUN}>x</marquee>`,
  `<math><mtext><script>${RUN}</script></mtext></math>`,
  `<style>@import 'javascript:${RUN}';</style>`,
  `<link rel=stylesheet href="javascript:${RUN}">`,
  `<object data="javascript:${RUN}"></object>`,
  `<embed src="javascript:${RUN}">`,
  `<form action="javascript:${RUN}"><button>x</button></form>`,
  `<a href="javascript:${RUN}" id=link>x</a>`,
  `[x](javascript:${RUN})`,
  `[x](JaVaScRiPt:${RUN})`,
  `[x](&#106;avascript:${RUN})`,
  `![x](javascript:${RUN})`,
  `[x]: javascript:${RUN}`,
  `<base href="javascript:${RUN}//">`,
  `<meta http-equiv=refresh content="0;url=javascript:${RUN}">`,
  `<template><script>${RUN}</script></template>`,
];
const WRAPS: ((vector: string) => string)[] = [
  (vector) => vector,
  (vector) => `"'>${vector}`,
  (vector) => `</title>${vector}`,
  (vector) => `</textarea>${vector}`,
  (vector) => `-->${vector}<!--`,
  (vector) => `\`\${${RUN}}\`${vector}`,
  (vector) => `{{constructor.constructor('${RUN}')()}}${vector}`,
  (vector) => vector.replaceAll("<", "<\u0000"),
  (vector) => vector.replaceAll("<", "\u003c").toUpperCase(),
  (vector) => `<x${vector}`,
];
const PAYLOADS = WRAPS.flatMap((wrap) => VECTORS.map(wrap));

/** A board with so many payloads in every place that takes words. */
function board(payloads: string[]): object {
  const panels = payloads.flatMap((words, place) => {
    const grid = (x: number, y: number, w: number, h: number) => ({ x, y: place * 8 + y, w, h });
    const query = { stream: "telemetry", buckets: [{ id: "b", type: "terms", field: "status", size: 3 }], metrics: [{ id: "m", type: "count" }] };
    return [
      {
        panelIndex: `m${place}`, gridData: grid(0, 0, 12, 8), title: words,
        visualization: { title: words, subtitle: words, type: "metric", query: { stream: "telemetry" }, params: { note: words, format: { unit: words } } },
      },
      { panelIndex: `t${place}`, gridData: grid(12, 0, 18, 8), visualization: { title: words, type: "table", query, params: { columns: [{ id: "b", title: words }, { id: "m", title: words }] } } },
      { panelIndex: `w${place}`, gridData: grid(30, 0, 18, 8), visualization: { title: "Words", type: "markdown", params: { markdown: words } } },
    ];
  });
  const [first] = payloads;
  const labels = { status: { hired: first, free: payloads[1], off_duty: payloads[2] } };
  return { attributes: { title: first, description: first, panels, labels, links: [{ dashboard: "taxis-live", title: first }] } };
}

async function nothingRan(page: Page): Promise<void> {
  expect(await page.evaluate(() => (window as { owned?: number }).owned)).toBeUndefined();
  const inWords = await page.evaluate(() => document.querySelectorAll("main script, main iframe, main object, main embed, main base, main meta, [onerror], [onload], [onfocus], a[href^='javascript' i]").length);
  expect(inWords).toBe(0);
}

test("three hundred hostile words are words", async ({ page }) => {
  test.setTimeout(180_000);
  expect(PAYLOADS).toHaveLength(300);
  page.on("dialog", () => expect("a dialog").toBe("never shown"));
  for (let from = 0; from < PAYLOADS.length; from += 30) {
    const body = JSON.stringify(board(PAYLOADS.slice(from, from + 30)));
    const answer = await fetch(`${url}api/dashboards`, { method: "POST", body, headers: { "content-type": "application/json" } });
    expect(answer.status, await answer.clone().text()).toBe(201);
    const { id } = (await answer.json()).dashboard;
    await page.goto(`${url}d/${id}`);
    await expect(page.locator("[data-panel-id]")).toHaveCount(90);
    await expect(page.locator("[data-panel-id=m0]")).toHaveAttribute("data-state", "live", { timeout: 20_000 });
    await expect(page.locator("[data-panel-id=t0]")).toHaveAttribute("data-state", "live", { timeout: 20_000 });
    await nothingRan(page);
    // In the editor the same words stand in fields.
    await page.goto(`${url}d/${id}?edit=1&filter=${encodeURIComponent(`status:${PAYLOADS[from]}`)}`);
    await page.locator("[data-panel-id=w0] .handle").press("Enter");
    await expect(page.getByLabel("Markdown", { exact: true })).toBeVisible();
    await nothingRan(page);
  }
  await page.goto(url);
  await expect(page.getByText("Taxis live").first()).toBeVisible();
  await nothingRan(page);
});
