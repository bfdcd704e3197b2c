// Plays a scene's display list on a 2D canvas. The format is described in crates/chart/src/scene.rs; lengths are device
// pixels, so the canvas's backing store has the scene's width and height and no transform is set but around a turned text.
//
// Text is drawn with the figures that the canvas element inherits (`font-variant-numeric: tabular-nums` in tokens.css) and
// without kerning, as it was measured. State is set only when it changes: setting it is what costs.

const BEGIN = 0, RECTS = 1, POLYLINE = 2, SEGMENTS = 3, POLYGONS = 4, DASHES = 5, CIRCLES = 6, TEXT = 7;
const HEADER = 4;
const FAMILY = '"Inter Variable", Inter, system-ui, sans-serif';
const ALIGN = ["left", "center", "right"];

/**
 * @param {CanvasRenderingContext2D} ctx best made with `{alpha: false}`; an overlay needs alpha
 * @param {Float32Array} list the display list; read before this returns, never kept
 * @param {string[]} strings
 * @param {string[]} colors as CSS writes them
 */
export function paint(ctx, list, strings, colors) {
  let fill = -1, stroke = -1, width = -1, size = -1, weight = -1, align = -1;
  ctx.lineJoin = "round";
  ctx.lineCap = "butt";
  ctx.fontKerning = "none";
  ctx.textBaseline = "alphabetic";
  const useFill = (color) => {
    if (color !== fill) ctx.fillStyle = colors[(fill = color)];
  };
  const useStroke = (color, lineWidth) => {
    if (color !== stroke) ctx.strokeStyle = colors[(stroke = color)];
    if (lineWidth !== width) ctx.lineWidth = width = lineWidth;
  };
  const trace = (from, to) => {
    ctx.moveTo(list[from], list[from + 1]);
    for (let i = from + 2; i < to; i += 2) ctx.lineTo(list[i], list[i + 1]);
  };

  for (let at = 0; at < list.length; ) {
    const op = list[at], color = list[at + 2], lineWidth = list[at + 3];
    const from = at + HEADER, to = from + list[at + 1];
    at = to;
    switch (op) {
      case BEGIN:
        useFill(color);
        ctx.fillRect(0, 0, list[from], list[from + 1]);
        break;
      case RECTS:
        useFill(color);
        for (let i = from; i < to; i += 4) ctx.fillRect(list[i], list[i + 1], list[i + 2], list[i + 3]);
        break;
      case POLYLINE:
        useStroke(color, lineWidth);
        ctx.beginPath();
        trace(from, to);
        ctx.stroke();
        break;
      case SEGMENTS:
        useStroke(color, lineWidth);
        ctx.beginPath();
        for (let i = from; i < to; i += 4) trace(i, i + 4);
        ctx.stroke();
        break;
      case POLYGONS:
        useFill(color);
        ctx.beginPath();
        for (let i = from; i < to; ) {
          const end = i + 1 + 2 * list[i];
          trace(i + 1, end);
          ctx.closePath();
          i = end;
        }
        ctx.fill();
        break;
      case DASHES:
        useStroke(color, lineWidth);
        ctx.setLineDash([list[from], list[from + 1]]);
        ctx.beginPath();
        trace(from + 2, to);
        ctx.stroke();
        ctx.setLineDash([]);
        break;
      case CIRCLES:
        useFill(color);
        for (let i = from; i < to; i += 3) {
          ctx.beginPath();
          ctx.arc(list[i], list[i + 1], list[i + 2], 0, 2 * Math.PI);
          ctx.fill();
        }
        break;
      case TEXT: {
        useFill(color);
        if (list[from + 3] !== size || list[from + 4] !== weight) {
          size = list[from + 3];
          weight = list[from + 4];
          ctx.font = `${weight} ${size}px ${FAMILY}`;
        }
        if (list[from + 5] !== align) ctx.textAlign = ALIGN[2 * (align = list[from + 5])];
        const turn = list[from + 6];
        if (turn === 0) {
          ctx.fillText(strings[list[from]], list[from + 1], list[from + 2]);
        } else {
          ctx.translate(list[from + 1], list[from + 2]);
          ctx.rotate((turn * Math.PI) / 180);
          ctx.fillText(strings[list[from]], 0, 0);
          ctx.resetTransform();
        }
        break;
      }
    }
  }
}
