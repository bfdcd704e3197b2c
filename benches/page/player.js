// Runs in the shipped page before its own code: instead of its server's socket it hears a tape, one message a frame.
//
// Everything else is the product: the page as built, its decoding, its store, its layout, its painters, its chips. The clock
// is set to when the tape was made, so that nothing on it is old.

(() => {
  const { streams, startMs, hand } = globalThis.benchTape;
  const shiftMs = startMs - Date.now();
  const { now } = Date;
  Date.now = () => now() + shiftMs;
  const origin = Object.getOwnPropertyDescriptor(Performance.prototype, "timeOrigin").get;
  Object.defineProperty(Performance.prototype, "timeOrigin", {
    get() {
      return origin.call(this) + shiftMs;
    },
  });

  const bench = (globalThis.bench = { frames: 0, playing: false, ended: false });

  // ---- the few messages that are not on the tape: postcard, by hand ----
  const varint = (value) => {
    const bytes = [];
    for (let rest = BigInt(value); ; rest >>= 7n) {
      if (rest < 128n) return [...bytes, Number(rest)];
      bytes.push(Number(rest & 127n) | 128);
    }
  };
  const zigzag = (value) => varint(value >= 0 ? 2n * BigInt(value) : -2n * BigInt(value) - 1n);
  const text = (words) => [...varint(words.length), ...[...words].map((letter) => letter.charCodeAt(0))];
  const frame = (bytes) => {
    const whole = new Uint8Array(4 + bytes.length);
    new DataView(whole.buffer).setUint32(0, bytes.length, true);
    whole.set(bytes, 4);
    return whole;
  };
  const nowMs = () => Math.trunc(performance.timeOrigin + performance.now());
  const welcome = () => frame([0, ...varint(1), ...text("bench"), ...text("bench"), ...zigzag(nowMs()), ...varint(1_000)]);
  const subscribed = (id, view) => frame([1, ...varint(id), ...varint(view), 0]);
  const pong = (sentMs) => frame([5, ...zigzag(sentMs), ...zigzag(nowMs())]);

  // ---- the tape: parts, each with its length before it. The heartbeat without its clock, the snapshots, the messages ----
  const tape = fetch("/bench.tape").then(async (answer) => {
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const view = new DataView(bytes.buffer);
    const parts = [];
    for (let at = 0; at < bytes.length; ) {
      const end = at + 4 + view.getUint32(at, true);
      parts.push(bytes.subarray(at + 4, end));
      at = end;
    }
    const [streamsHealth, ...rest] = parts;
    return { streamsHealth, snapshots: rest.slice(0, streams.length), messages: rest.slice(streams.length) };
  });

  // ---- a hand: it drags the map round a circle, and zooms in and out around the middle ----
  const CIRCLE = 240; // frames
  const moveMap = (frame) => {
    const map = document.querySelector(".mapview");
    if (!map) return;
    const { left, top, width, height } = map.getBoundingClientRect();
    const turn = (2 * Math.PI * frame) / CIRCLE;
    const at = { clientX: left + width / 2 + 150 * Math.cos(turn), clientY: top + height / 2 + 150 * Math.sin(turn), bubbles: true, pointerId: 7 };
    const canvas = map.querySelector("canvas");
    const seconds = Math.floor(frame / 60) % 4;
    if (seconds < 2) {
      if (!map.held) canvas.dispatchEvent(new PointerEvent("pointerdown", at));
      map.held = true;
      canvas.dispatchEvent(new PointerEvent("pointermove", at));
    } else {
      if (map.held) canvas.dispatchEvent(new PointerEvent("pointerup", at));
      map.held = false;
      canvas.dispatchEvent(new WheelEvent("wheel", { clientX: left + width / 2, clientY: top + height / 2, deltaY: seconds === 2 ? -6 : 6, bubbles: true, cancelable: true }));
    }
  };

  class TapeSocket extends EventTarget {
    static CONNECTING = 0;
    static OPEN = 1;
    static CLOSING = 2;
    static CLOSED = 3;
    readyState = 0;
    bufferedAmount = 0;
    extensions = "";
    binaryType = "arraybuffer";

    constructor(url, protocol) {
      super();
      Object.assign(this, { url, protocol, heard: new Set() });
      tape.then((tape) => {
        this.tape = tape;
        this.readyState = 1;
        this.tell(new Event("open"));
      });
    }

    tell(event) {
      this[`on${event.type}`]?.(event);
      this.dispatchEvent(event);
    }

    hear(bytes) {
      this.tell(new MessageEvent("message", { data: bytes.slice().buffer }));
    }

    send(words) {
      const { hello, subscribe, ping } = JSON.parse(words);
      if (hello) this.hear(welcome());
      if (ping) this.hear(pong(ping.sent_ms));
      if (subscribe) {
        const panel = streams.indexOf(subscribe.query.stream);
        this.hear(subscribed(subscribe.id, panel));
        this.hear(this.tape.snapshots[panel]);
        this.heard.add(panel);
        if (this.heard.size === streams.length) this.play();
      }
    }

    play() {
      if (bench.playing) return;
      bench.playing = true;
      let beaten = 0;
      const next = () => {
        if (hand) moveMap(bench.frames);
        if (performance.now() - beaten > 1_000) {
          beaten = performance.now();
          this.hear(frame([4, ...zigzag(nowMs()), ...this.tape.streamsHealth]));
        }
        if (bench.frames < this.tape.messages.length) {
          const message = this.tape.messages[bench.frames++];
          if (message.length) this.hear(message);
          requestAnimationFrame(next);
        } else {
          bench.ended = true;
        }
      };
      requestAnimationFrame(next);
    }

    close() {
      this.readyState = 3;
    }
  }
  globalThis.WebSocket = TapeSocket;
})();
