import { project } from "./pca.js";

/** What the page asks for: one projection, beside its own thread. */
export interface MapTask {
  readonly rows: Float32Array<ArrayBuffer>;
  readonly dimension: number;
}

addEventListener("message", ({ data }: MessageEvent<MapTask>) => {
  const projection = project(data.rows, data.dimension);
  postMessage(projection, { transfer: [projection.points.buffer] });
});
