import { app, type BrowserWindow } from "electron";

/**
 * `--smoke`: two windows use one database, one with `fetch` through the scheme, the other over IPC, until a graph has been built in
 * a thread. Prints `smoke: ok` and ends with 0, or what went wrong and ends with 1.
 */
export async function smoke(openWindow: () => BrowserWindow): Promise<void> {
  const [first, second] = await Promise.all([openWindow(), openWindow()].map(loaded));
  const run = (window: BrowserWindow | undefined, code: string): Promise<unknown> =>
    window!.webContents.executeJavaScript(`(async () => { ${code} })()`);

  await run(first, `return notes.ready`);
  await run(second, `return notes.ready`);
  const written = await run(first, FILL);
  const found = await run(second, FIND);
  if (written !== 6000) throw new Error(`the first window wrote ${JSON.stringify(written)}`);
  if (found !== "note 4321") throw new Error(`the second window found ${JSON.stringify(found)}`);
  await run(second, UNTIL_BUILT);
  console.log("smoke: ok");
  app.quit();
}

async function loaded(window: BrowserWindow): Promise<BrowserWindow> {
  const { webContents } = window;
  if (webContents.isLoading())
    await new Promise<void>((resolve) => webContents.once("did-finish-load", () => resolve()));
  return window;
}

const FILL = `
  const vector = (i) => [Math.sin(i), Math.cos(i), Math.sin(3 * i), i / 6000];
  const data = Array.from({ length: 6000 }, (_, i) => ({ id: i, vector: vector(i), text: "note " + i }));
  await fetch("/v2/vectordb/collections/drop", { method: "POST", body: '{"collectionName":"smoke"}' });
  const post = async (path, body) => {
    const answer = await (await fetch("/v2/vectordb/" + path, { method: "POST", body: JSON.stringify(body) })).json();
    if (answer.code !== 0) throw new Error(path + ": " + answer.message);
    return answer.data;
  };
  await post("collections/create", { collectionName: "smoke", dimension: 4, metricType: "L2" });
  return (await post("entities/insert", { collectionName: "smoke", data })).insertCount;
`;

const FIND = `
  const i = 4321;
  const data = [[Math.sin(i), Math.cos(i), Math.sin(3 * i), i / 6000]];
  const request = { collectionName: "smoke", data, limit: 1, outputFields: ["text"] };
  const answer = await milvus.request("/v2/vectordb/entities/search", request);
  return answer.code === 0 ? answer.data[0].text : answer.message;
`;

const UNTIL_BUILT = `
  for (let left = 600; left > 0; left -= 1) {
    const { data } = await milvus.request("/v2/vectordb/indexes/describe", { collectionName: "smoke", indexName: "vector" });
    if (data[0].pendingRows === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error("the graph was not built within a minute");
`;
