// The tests' Chromium, and what it uses: CPU time of its whole process tree, from /proc.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { chromium } from "@playwright/test";

const executablePath = process.env.HAILSTREAM_CHROMIUM ?? "/usr/bin/chromium";
const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

/** A browser of its own, so that its process tree is one measurement's. `more` are further arguments. */
export async function launch(more = []) {
  if (!existsSync(executablePath)) throw new Error(`no browser at ${executablePath}: run scripts/setup bench`);
  const server = await chromium.launchServer({ executablePath, args: [...ARGUMENTS, ...more] });
  const browser = await chromium.connect(server.wsEndpoint());
  return { browser, root: server.process().pid, close: () => server.close() };
}

const read = (path) => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // ended meanwhile
  }
};

/** Ids of a process and all its descendants. */
export function tree(root) {
  const children = new Map();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const parent = Number(/\) \S (\d+)/.exec(read(`/proc/${name}/stat`))?.[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const found = [root];
  for (const pid of found) found.push(...(children.get(pid) ?? []));
  return found;
}

/** CPU time of a process tree so far, ms. */
export function cpuMs(root) {
  let nanos = 0;
  for (const pid of tree(root)) {
    let tasks = [];
    try {
      tasks = readdirSync(`/proc/${pid}/task`);
    } catch {
      continue;
    }
    for (const task of tasks) nanos += Number(read(`/proc/${pid}/task/${task}/schedstat`).split(" ")[0]);
  }
  return nanos / 1e6;
}

/** Resident bytes of one process. */
export const rssBytes = (pid) => 1_024 * Number(/^Rss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);

export const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
