// A board leaves its page: as a link to what was seen, as a frame in a page of somebody else, live; and filters are made in a form.

import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@playwright/test";
import { Board } from "../support/board";
import { type Program, hailstream } from "../support/process";

let demo: Program;
let url: string;
let host: Server;
let hostUrl: string;
let frames = "";

test.beforeAll(async () => {
  demo = await hailstream("demo", "--listen", "127.0.0.1:0", "--entities", "100").until("ready ", 90_000);
  url = demo.said;
  host = createServer((_, answer) => answer.setHeader("content-type", "text/html").end(`<h1>Intranet</h1>${frames}`));
  await new Promise<void>((ready) => host.listen(0, "127.0.0.1", ready));
  hostUrl = `http://127.0.0.1:${(host.address() as AddressInfo).port}/`;
});

test.afterAll(async () => {
  host?.close();
  await demo?.stop();
});

test("a board and a panel are live in a page of another origin", async ({ page }) => {
  const refused: string[] = [];
  page.on("console", (message) => message.type() === "error" && refused.push(message.text()));
  frames =
    `<iframe id="board" width="1300" height="700" src="${url}embed/d/taxis-live?show-time-filter=true"></iframe>` +
    `<iframe id="panel" width="600" height="300" src="${url}embed/p/taxis-live:fleet?theme=dark"></iframe>`;
  await page.goto(hostUrl);
  const board = page.frameLocator("#board");
  await expect(board.locator("[data-panel-id=fares]")).toHaveAttribute("data-state", "live", { timeout: 20_000 });
  await expect(board.getByRole("button", { name: /Time range/ })).toBeVisible();
  await expect(board.getByRole("heading", { name: "Taxis live" })).toBeHidden();
  await expect(board.getByRole("navigation", { name: "Main" })).toHaveCount(0);
  await expect(board.getByRole("button", { name: "Edit", exact: true })).toBeHidden();
  const panel = page.frameLocator("#panel").locator("[data-panel-id]");
  await expect(panel).toHaveCount(1);
  await expect(panel).toHaveAttribute("data-state", "live");
  const before = Number(await panel.getAttribute("data-sequence"));
  await expect.poll(async () => Number(await panel.getAttribute("data-sequence"))).toBeGreaterThan(before);
  expect(refused).toEqual([]);
});

test("the page itself is in nobody's frame", async ({ page }) => {
  frames = `<iframe id="whole" src="${url}d/taxis-live"></iframe>`;
  const refused = page.waitForEvent("console", (message) => message.text().includes("frame-ancestors") || message.text().includes("X-Frame-Options"));
  await page.goto(hostUrl);
  await refused;
});

test("the code of the share menu is what is seen", async ({ page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const board = new Board(page);
  await board.open(url, "?from=now-1h&to=now&filter=zone:Mission");
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const menu = page.getByRole("dialog", { name: "Share" });
  await menu.getByText("With the query bar").click();
  await board.picture("share");
  await menu.getByRole("button", { name: "Copy embed code" }).click();
  await expect(menu.getByRole("button", { name: "Copied" })).toBeVisible();
  const code = await page.evaluate(() => navigator.clipboard.readText());
  frames = code;
  await page.goto(hostUrl);
  const frame = page.frameLocator("iframe");
  await expect(frame.locator("[data-panel-id=fares]")).toHaveAttribute("data-state", "live", { timeout: 20_000 });
  await expect(frame.getByRole("combobox", { name: "Query in DQL" })).toBeVisible();
  await expect(frame.locator(".pill").filter({ hasText: "Mission" })).toBeVisible();
});

test("filters are made, changed and taken away in their form", async ({ page }) => {
  const board = new Board(page);
  await board.open(url);
  await board.expectAll("live");
  await page.getByRole("button", { name: "Filter", exact: true }).click();
  const form = page.getByRole("dialog", { name: "Add a filter" });
  await form.getByLabel("Field").selectOption("zone");
  await form.getByLabel("What of it").selectOption("is one of");
  await form.getByLabel("Values, with commas between").fill("Mission, Marina");
  await board.picture("filter-form");
  await form.getByRole("button", { name: "Add" }).click();
  await expect(page).toHaveURL(/filter=zone:Mission(%7C|\|)Marina/);
  const pill = page.locator(".pill").filter({ hasText: "zone" });
  await pill.getByRole("button", { name: /zone/ }).first().click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  const edited = page.getByRole("dialog", { name: "Edit the filter" });
  await edited.getByLabel("Field").selectOption("fare");
  await edited.getByLabel("What of it").selectOption("is between");
  await edited.getByLabel("From").fill("10");
  await edited.getByLabel("To, not included").fill("20");
  await edited.getByRole("button", { name: "Apply" }).click();
  await expect(page).toHaveURL(/filter=fare:10\.\.20/);
  await page.getByRole("button", { name: /Remove the filter/ }).click();
  await expect(page).not.toHaveURL(/filter=/);
});
