import { useEffect, useMemo, useRef, useState } from "preact/hooks";

interface ScatterProps {
  /** x and y of each row. */
  readonly points: Float32Array;
  readonly colours: readonly string[];
  readonly chosen: number | undefined;
  readonly onChoose: (row: number) => void;
}

/** As in the style sheet. */
const HEIGHT = 440;
const MARGIN = 16;
const RADIUS = 2.5;
/** How near the pointer must come to a point. */
const REACH = 12;

/** Points on a canvas. The arrow keys go through them from left to right and back. */
export function Scatter({ points, colours, chosen, onChoose }: ScatterProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [width, setWidth] = useState(800);
  const places = useMemo(() => fit(points, width), [points, width]);
  const order = useMemo(() => leftToRight(places), [places]);

  useEffect(() => {
    const element = canvas.current as HTMLCanvasElement;
    const watch = new ResizeObserver(() => setWidth(Math.max(200, element.parentElement?.clientWidth ?? 800)));
    watch.observe(element.parentElement as HTMLElement);
    return () => watch.disconnect();
  }, []);

  useEffect(() => {
    const element = canvas.current as HTMLCanvasElement;
    const scale = devicePixelRatio;
    element.width = width * scale;
    element.height = HEIGHT * scale;
    const paper = element.getContext("2d") as CanvasRenderingContext2D;
    paper.scale(scale, scale);
    paper.globalAlpha = 0.75;
    for (let row = 0; row < colours.length; row++) dot(paper, places, row, RADIUS, colours[row] as string);
    if (chosen === undefined) return;
    paper.globalAlpha = 1;
    paper.strokeStyle = getComputedStyle(element).color;
    paper.lineWidth = 2;
    dot(paper, places, chosen, RADIUS * 2.5, colours[chosen] as string);
    paper.stroke();
  }, [places, colours, chosen, width]);

  const step = (by: number) => {
    const at = chosen === undefined ? -1 : order.indexOf(chosen);
    onChoose(order[(at + by + order.length) % order.length] as number);
  };
  return (
    <canvas
      ref={canvas}
      tabIndex={0}
      role="img"
      aria-label={`A map of ${colours.length} rows`}
      onPointerMove={({ offsetX, offsetY }) => {
        const row = nearest(places, offsetX, offsetY);
        if (row !== undefined) onChoose(row);
      }}
      onKeyDown={(event) => {
        const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        step(by);
      }}
    />
  );
}

function dot(paper: CanvasRenderingContext2D, places: Float32Array, row: number, radius: number, colour: string): void {
  paper.fillStyle = colour;
  paper.beginPath();
  paper.arc(places[2 * row] as number, places[2 * row + 1] as number, radius, 0, 2 * Math.PI);
  paper.fill();
}

/** Where points lie on the canvas: as large as fits, both directions alike. Points that are all the same lie in its middle. */
function fit(points: Float32Array, width: number): Float32Array {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY] as [number, number];
  const high = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY] as [number, number];
  for (let i = 0; i < points.length; i++) {
    const axis = (i % 2) as 0 | 1;
    low[axis] = Math.min(low[axis], points[i] as number);
    high[axis] = Math.max(high[axis], points[i] as number);
  }
  const room = [width - 2 * MARGIN, HEIGHT - 2 * MARGIN] as const;
  const scales = ([0, 1] as const).map((axis) => room[axis] / (high[axis] - low[axis]));
  const scale = Math.min(...scales.filter(Number.isFinite));
  return points.map((value, i) => {
    const axis = (i % 2) as 0 | 1;
    const middle = MARGIN + room[axis] / 2;
    return Number.isFinite(scale) ? middle + (value - (low[axis] + high[axis]) / 2) * scale : middle;
  });
}

function leftToRight(places: Float32Array): readonly number[] {
  const rows = Array.from({ length: places.length / 2 }, (_, row) => row);
  return rows.sort((a, b) => (places[2 * a] as number) - (places[2 * b] as number) || a - b);
}

function nearest(places: Float32Array, x: number, y: number): number | undefined {
  let found: number | undefined;
  let least = REACH ** 2;
  for (let row = 0; row < places.length / 2; row++) {
    const distance = ((places[2 * row] as number) - x) ** 2 + ((places[2 * row + 1] as number) - y) ** 2;
    if (distance < least) {
      least = distance;
      found = row;
    }
  }
  return found;
}
