// Starts the page anew when its WebAssembly instance died, and remembers which panel was being drawn. Loaded before the
// page, as an ordinary script; depends on nothing, because it must work when all else does not.
//
// What it keeps lives in sessionStorage: this tab, until it is closed.

(() => {
  // The first of its kind loads the browser's tables of dates, which the page needs where no earlier visit kept the time zone's
  // name: now, while the page is still on its way.
  try {
    if (!localStorage.getItem("hailstream.zone-of-browser")) new Intl.DateTimeFormat();
  } catch {
    // Storage is forbidden: then it is loaded when it is needed.
  }

  const KEY = "hailstream.crashes";
  const MOST = 3, WITHIN_MS = 60_000;
  let leaving = false;

  const read = () => {
    try {
      return JSON.parse(sessionStorage.getItem(KEY)) ?? { times: [], panels: {} };
    } catch {
      return { times: [], panels: {} };
    }
  };
  const write = (kept) => {
    try {
      sessionStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // Storage is forbidden: then nothing is set aside, and the limit below is what is left.
    }
  };

  const giveUp = (message) => {
    const text = document.createElement("p");
    text.textContent = `This page failed several times: ${message}`;
    const button = document.createElement("button");
    button.textContent = "Load it again";
    button.onclick = () => {
      write({ times: [], panels: {} });
      location.reload();
    };
    const box = document.createElement("main");
    box.className = "crash";
    box.setAttribute("role", "alert");
    box.append(text, button);
    document.body.replaceChildren(box);
  };

  const crashed = (panel, message) => {
    if (leaving) return;
    leaving = true;
    console.error(message);
    const kept = read();
    const now = Date.now();
    kept.times = kept.times.filter((time) => now - time < WITHIN_MS).concat(now);
    if (panel) kept.panels[panel] = message;
    write(kept);
    if (kept.times.length > MOST) giveUp(message);
    else location.reload();
  };

  // Traps that are no panics: a stack overflow, memory that ran out.
  addEventListener("error", ({ error }) => {
    if (error instanceof WebAssembly.RuntimeError) crashed("", String(error));
  });

  window.hailstream = {
    crashed,
    crashOf: (panel) => read().panels[panel] ?? "",
    forgive: (panel) => {
      const kept = read();
      delete kept.panels[panel];
      write(kept);
      location.reload();
    },
  };
})();
