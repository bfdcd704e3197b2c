// The others, each drawing the same data in the same size once a frame. What they are given is what costs them least:
// typed arrays for uPlot, ready pairs for ECharts, no legends, no cursors, no animations.

const asked = new URLSearchParams(location.search);
const number = (name) => Number(asked.get(name));
const bench = (globalThis.bench = { frames: 0, playing: false, ended: false });
const colours = ["#2563eb", "#0d9488", "#d97706", "#db2777", "#7c3aed", "#65a30d", "#0891b2", "#dc2626", "#4b5563", "#a16207"];
const [width, height, strokePx] = [number("width"), number("height"), number("stroke")];

function place() {
  const element = document.createElement("div");
  Object.assign(element.style, { width: `${width}px`, height: `${height}px` });
  document.body.append(element);
  return element;
}

/** Calls `draw` with the number of each frame, as long as there is data. */
function everyFrame(draw, frames) {
  const next = () => {
    if (bench.frames >= frames) return void (bench.ended = true);
    draw(bench.frames++);
    requestAnimationFrame(next);
  };
  bench.playing = true;
  requestAnimationFrame(next);
}

async function lines() {
  const [series, points, frames] = [number("series"), number("points"), number("frames")];
  const values = new Float64Array(await (await fetch("/data")).arrayBuffer());
  const length = points + frames;
  const xs = Float64Array.from({ length }, (_, index) => number("from") / 1_000 + index);
  const rows = Array.from({ length: series }, (_, index) => values.subarray(index * length, (index + 1) * length));
  return { series, points, frames, xs, rows };
}

async function load(path) {
  const script = document.createElement("script");
  script.src = path;
  await new Promise((resolve) => {
    script.onload = resolve;
    document.head.append(script);
  });
}

/** Steps that a vehicle has gone: to and fro. The very law that made the tape: see cabs.rs. */
function wayAt(frame) {
  const way = number("way");
  return way - Math.abs((frame % (2 * way)) - way);
}

const kinds = {
  idle() {
    everyFrame(() => {}, Infinity);
  },

  async uplot() {
    const { default: UPlot } = await import("/node_modules/uplot/dist/uPlot.esm.js");
    const { series, points, frames, xs, rows } = await lines();
    const at = (frame) => [xs, ...rows].map((row) => row.subarray(frame, frame + points));
    const axis = { font: "11px Inter, sans-serif", stroke: "#52525b", grid: { stroke: "#e4e4e7", width: 1 }, ticks: { show: false } };
    const options = {
      width,
      height,
      legend: { show: false },
      cursor: { show: false },
      scales: { y: { range: [0, 100] } },
      axes: [axis, axis],
      series: [{}, ...Array.from({ length: series }, (_, index) => ({ stroke: colours[index], width: strokePx, points: { show: false } }))],
    };
    const charts = Array.from({ length: number("count") }, () => new UPlot(options, at(0), place()));
    everyFrame((frame) => charts.forEach((chart) => chart.setData(at(frame))), frames);
  },

  async echarts() {
    const { init } = await import("/node_modules/echarts/dist/echarts.esm.min.js");
    const { series, points, frames, xs, rows } = await lines();
    const pairs = rows.map((row) => Array.from(row, (value, index) => [xs[index] * 1_000, value]));
    const chart = init(place(), null, { renderer: "canvas" });
    const line = (index) => ({
      type: "line",
      showSymbol: false,
      silent: true,
      color: colours[index],
      lineStyle: { width: strokePx },
      data: pairs[index].slice(0, points),
    });
    chart.setOption({
      animation: false,
      grid: { left: 44, right: 12, top: 10, bottom: 26 },
      xAxis: { type: "time" },
      yAxis: { type: "value", min: 0, max: 100 },
      series: Array.from({ length: series }, (_, index) => line(index)),
    });
    everyFrame((frame) => chart.setOption({ series: pairs.map((row) => ({ data: row.slice(frame, frame + points) })) }), frames);
  },

  async maplibre() {
    await load("/node_modules/maplibre-gl/dist/maplibre-gl.js");
    const cabs = new Float64Array(await (await fetch("/data")).arrayBuffer());
    const style = ["hired", "free", "off_duty"];
    const fleet = (frame) => ({
      type: "FeatureCollection",
      features: Array.from({ length: cabs.length / 4 }, (_, index) => {
        const [lon, lat, byLon, byLat] = cabs.subarray(4 * index, 4 * index + 4);
        const way = wayAt(frame);
        return {
          type: "Feature",
          properties: { status: style[index % 3] },
          geometry: { type: "Point", coordinates: [lon + byLon * way, lat + byLat * way] },
        };
      }),
    });
    const collection = await (await fetch("/streets")).json();
    const map = new globalThis.maplibregl.Map({
      container: place(),
      center: [number("lon"), number("lat")],
      zoom: number("zoom") - 1, // its tiles are 512 px wide
      attributionControl: false,
      fadeDuration: 0,
      canvasContextAttributes: { antialias: true },
      style: {
        version: 8,
        sources: {
          streets: { type: "geojson", data: collection },
          cabs: { type: "geojson", data: fleet(0) },
        },
        layers: [
          { id: "ground", type: "background", paint: { "background-color": "#f4f4f5" } },
          { id: "streets", type: "line", source: "streets", paint: { "line-color": "#d4d4d8", "line-width": 1 } },
          {
            id: "cabs",
            type: "circle",
            source: "cabs",
            paint: {
              "circle-radius": number("radius"),
              "circle-color": ["match", ["get", "status"], "hired", "#d97706", "free", "#0d9488", "#71717a"],
              "circle-stroke-width": number("casing"),
              "circle-stroke-color": "#fff",
            },
          },
        ],
      },
    });
    await map.once("idle");
    bench.playing = true;
    // Its next positions come when the last ones are on the screen: nothing is skipped, nothing queues.
    const next = () => {
      map.once("idle", () => {
        bench.frames += 1;
        requestAnimationFrame(next);
      });
      map.getSource("cabs").setData(fleet(bench.frames));
    };
    next();
  },

  // What costs it least: attributes in typed arrays, of which only the positions change; streets as one layer of paths.
  async deck() {
    await load("/node_modules/@deck.gl/core/dist.min.js");
    await load("/node_modules/@deck.gl/layers/dist.min.js");
    const { Deck, MapView, PathLayer, ScatterplotLayer } = globalThis.deck;
    const cabs = new Float64Array(await (await fetch("/data")).arrayBuffer());
    const { features } = await (await fetch("/streets")).json();
    const length = cabs.length / 4;
    const colour = [[217, 119, 6], [13, 148, 136], [113, 113, 122]];
    const colours = Uint8Array.from({ length: 3 * length }, (_, index) => colour[Math.floor(index / 3) % 3][index % 3]);
    const positions = (frame) => {
      const way = wayAt(frame);
      return Float32Array.from({ length: 2 * length }, (_, index) => {
        const at = 4 * (index >> 1) + (index & 1);
        return cabs[at] + cabs[at + 2] * way;
      });
    };
    const streets = new PathLayer({
      id: "streets",
      data: features.flatMap(({ geometry: { type, coordinates } }) => (type === "LineString" ? [coordinates] : coordinates)),
      getPath: (line) => line,
      getColor: [212, 212, 216],
      getWidth: 1,
      widthUnits: "pixels",
    });
    const dots = (frame) =>
      new ScatterplotLayer({
        id: "cabs",
        data: { length, attributes: { getPosition: { value: positions(frame), size: 2 }, getFillColor: { value: colours, size: 3 } } },
        getRadius: number("radius") + number("casing") / 2, // its line lies on the edge
        radiusUnits: "pixels",
        stroked: true,
        getLineColor: [255, 255, 255],
        getLineWidth: number("casing"),
        lineWidthUnits: "pixels",
      });
    const next = () => {
      bench.frames += 1;
      deck.setProps({ layers: [streets, dots(bench.frames)] });
    };
    const deck = new Deck({
      parent: place(),
      views: new MapView(),
      useDevicePixels: true,
      initialViewState: { longitude: number("lon"), latitude: number("lat"), zoom: number("zoom") - 1 }, // its tiles are 512 px wide
      layers: [streets, dots(0)],
      onAfterRender: () => {
        bench.playing = true;
        requestAnimationFrame(next);
      },
    });
  },
};

await kinds[asked.get("kind")]();
