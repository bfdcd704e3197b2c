import { chromium } from "@playwright/test";
const [url, out, w, h, theme, wait] = process.argv.slice(2);
const b = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox","--disable-gpu","--disable-quic","--no-first-run","--disable-background-networking","--disable-component-update","--disable-sync"] });
const p = await b.newPage({ viewport: { width: +w, height: +h }, deviceScaleFactor: 1 });
p.on("console", m => console.log("console", m.type(), m.text().slice(0, 300)));
p.on("pageerror", e => console.log("pageerror", String(e).slice(0, 500)));
await p.goto(url + (url.includes("?") ? "&" : "?") + "theme=" + theme);
await p.waitForTimeout(+(wait ?? 4000)); if (process.env.HOVER) { await p.locator(process.env.HOVER).first().focus(); await p.waitForTimeout(700); }
await p.screenshot({ path: out });
console.log(JSON.stringify(await p.$$eval("[data-panel-id]", els => els.map(e => [e.dataset.panelId, e.dataset.state, e.dataset.sequence]))));
await b.close();
