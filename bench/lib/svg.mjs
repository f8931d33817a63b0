// Charts as small SVG files, without dependencies.

const COLOURS = ["#0b6e4f", "#c1440e", "#2b59c3", "#8a4fa0", "#b8860b", "#4a4a4a", "#008b8b", "#d1495b", "#7a9e1f"];
const FONT = 'font-family="system-ui, sans-serif"';
const xml = (text) => String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
const place = (x) => Number(x.toFixed(1));

/** Several charts side by side or below each other in one file. */
export function sheet(title, charts, { columns = 1, width = 760, height = 420 } = {}) {
  const lines = Math.ceil(charts.length / columns);
  const top = 34;
  const body = charts.map((chart, i) => {
    const x = (i % columns) * width;
    const y = top + Math.floor(i / columns) * height;
    return `<g transform="translate(${x} ${y})">${chart(width, height)}</g>`;
  });
  const total = { width: width * columns, height: top + height * lines };
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${total.width} ${total.height}" width="${total.width}" height="${total.height}" ${FONT} role="img" aria-label="${xml(title)}">` +
    `<title>${xml(title)}</title><rect width="100%" height="100%" fill="#ffffff"/>` +
    `<text x="16" y="23" font-size="16" font-weight="600" fill="#222">${xml(title)}</text>${body.join("")}</svg>\n`
  );
}

function scale({ log, min, max }, from, to) {
  const f = log ? Math.log10 : (x) => x;
  const span = f(max) - f(min) || 1;
  return (x) => place(from + ((f(x) - f(min)) / span) * (to - from));
}

function ticksOf({ log, min, max, ticks }) {
  if (ticks !== undefined) return ticks;
  if (log) {
    const found = [];
    for (let power = Math.floor(Math.log10(min)); power <= Math.ceil(Math.log10(max)); power++) {
      for (const step of [1, 2, 5]) {
        const value = step * 10 ** power;
        if (value >= min * 0.999 && value <= max * 1.001) found.push(value);
      }
    }
    return found;
  }
  const raw = (max - min) / 5;
  const unit = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((s) => s * unit).find((s) => s >= raw);
  const found = [];
  for (let v = Math.ceil(min / step) * step; v <= max * 1.0001; v += step) found.push(Number(v.toPrecision(6)));
  return found;
}

export function short(value) {
  if (value >= 1e6) return `${Number((value / 1e6).toPrecision(3))} M`;
  if (value >= 1e4) return `${Number((value / 1e3).toPrecision(3))} k`;
  return String(value);
}

/**
 * A chart of lines.
 * @param x, y { label, log, min, max, ticks, format }: bounds are found from the points when left out
 * @param series [{ name, points: [[x, y]], dash, colour }]
 */
export function lineChart({ title, x, y, series }) {
  return (width, height) => {
    const box = { left: 66, top: 34, right: width - 172, bottom: height - 46 };
    const axes = [0, 1].map((dimension) => {
      const given = [x, y][dimension];
      const values = series.flatMap((s) => s.points.map((p) => p[dimension]));
      const low = Math.min(...values);
      const high = Math.max(...values);
      return {
        ...given,
        min: given.min ?? (given.log ? low * 0.8 : 0),
        max: given.max ?? (given.log ? high * 1.25 : high * 1.08),
      };
    });
    const [horizontal, vertical] = axes;
    const px = scale(horizontal, box.left, box.right);
    const py = scale(vertical, box.bottom, box.top);
    const parts = [frame(title, box, width, horizontal, vertical, px, py)];
    series.forEach((line, i) => {
      const colour = line.colour ?? COLOURS[i % COLOURS.length];
      const points = line.points.filter(([a]) => a >= horizontal.min && a <= horizontal.max);
      const at = points.map(([a, b]) => `${px(a)},${py(b)}`);
      const dash = line.dash ? ' stroke-dasharray="5 4"' : "";
      parts.push(`<polyline points="${at.join(" ")}" fill="none" stroke="${colour}" stroke-width="2"${dash}/>`);
      for (const [a, b] of points) parts.push(`<circle cx="${px(a)}" cy="${py(b)}" r="3" fill="${colour}"/>`);
      const row = box.top + 8 + i * 18;
      parts.push(
        `<line x1="${box.right + 12}" y1="${row}" x2="${box.right + 34}" y2="${row}" stroke="${colour}" stroke-width="2"${dash}/>` +
          `<text x="${box.right + 40}" y="${row + 4}" font-size="12" fill="#222">${xml(line.name)}</text>`,
      );
    });
    return parts.join("");
  };
}

function frame(title, box, width, horizontal, vertical, px, py) {
  const parts = [`<text x="${box.left}" y="20" font-size="13" font-weight="600" fill="#222">${xml(title)}</text>`];
  const format = (axis) => axis.format ?? short;
  for (const tick of ticksOf(vertical)) {
    parts.push(
      `<line x1="${box.left}" y1="${py(tick)}" x2="${box.right}" y2="${py(tick)}" stroke="#e4e4e4"/>` +
        `<text x="${box.left - 6}" y="${py(tick) + 4}" font-size="11" text-anchor="end" fill="#555">${format(vertical)(tick)}</text>`,
    );
  }
  for (const tick of ticksOf(horizontal)) {
    parts.push(
      `<line x1="${px(tick)}" y1="${box.top}" x2="${px(tick)}" y2="${box.bottom}" stroke="#f0f0f0"/>` +
        `<text x="${px(tick)}" y="${box.bottom + 16}" font-size="11" text-anchor="middle" fill="#555">${format(horizontal)(tick)}</text>`,
    );
  }
  const middle = (box.left + box.right) / 2;
  parts.push(
    `<line x1="${box.left}" y1="${box.bottom}" x2="${box.right}" y2="${box.bottom}" stroke="#888"/>`,
    `<text x="${middle}" y="${box.bottom + 36}" font-size="12" text-anchor="middle" fill="#222">${xml(horizontal.label)}</text>`,
  );
  if (vertical.label !== undefined) {
    parts.push(
      `<text x="${width - 12}" y="20" font-size="12" text-anchor="end" fill="#555">${xml(vertical.label)}</text>`,
    );
  }
  return parts.join("");
}

/**
 * Horizontal bars, two values each: a wide pale one and a narrow full one; and a limit.
 * @param bars [{ name, wide, narrow }]
 */
export function barChart({ title, unit, wide, narrow, limit, bars }) {
  return (width, height) => {
    const box = { left: 210, top: 54, right: width - 70, bottom: height - 20 };
    const max = Math.max(limit * 1.3, ...bars.map((b) => b.wide)) * 1.02;
    const px = scale({ min: 0, max }, box.left, box.right);
    const row = (box.bottom - box.top) / bars.length;
    const parts = [
      `<text x="16" y="20" font-size="13" font-weight="600" fill="#222">${xml(title)}</text>`,
      `<rect x="16" y="30" width="12" height="10" fill="#b9d8cc"/><text x="33" y="39" font-size="12" fill="#222">${xml(wide)}</text>`,
      `<rect x="150" y="30" width="12" height="10" fill="#0b6e4f"/><text x="167" y="39" font-size="12" fill="#222">${xml(narrow)}</text>`,
      `<line x1="${px(limit)}" y1="${box.top - 4}" x2="${px(limit)}" y2="${box.bottom}" stroke="#c1440e" stroke-dasharray="4 3"/>`,
      `<text x="${px(limit) + 4}" y="${box.top - 6}" font-size="11" fill="#c1440e">${limit} ${unit}</text>`,
    ];
    bars.forEach((bar, i) => {
      const y = box.top + row * i;
      const thick = Math.min(18, row * 0.7);
      parts.push(
        `<text x="${box.left - 8}" y="${place(y + thick * 0.75)}" font-size="12" text-anchor="end" fill="#222">${xml(bar.name)}</text>`,
        `<rect x="${box.left}" y="${place(y)}" width="${place(Math.max(1, px(bar.wide) - box.left))}" height="${place(thick)}" fill="#b9d8cc"/>`,
        `<rect x="${box.left}" y="${place(y + thick * 0.3)}" width="${place(px(bar.narrow) - box.left)}" height="${place(thick * 0.4)}" fill="#0b6e4f"/>`,
        `<text x="${px(bar.wide) + 5}" y="${place(y + thick * 0.75)}" font-size="11" fill="#555">${bar.wide} ${unit}</text>`,
      );
    });
    return parts.join("");
  };
}
