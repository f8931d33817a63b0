import { expect } from "vitest";
import type { Elanus } from "../../src/index.js";
import { undescribed } from "./support.js";

interface Envelope {
  readonly code: number;
  readonly message?: string;
  readonly data?: unknown;
}

type Call<Answer> = (path: string, body?: object) => Promise<Answer>;

/** Calls of REST v2 on one collection, whose answers are held to their description: any, and those that succeed. */
export function callsOn(
  collectionName: string,
  db: () => Elanus,
): { readonly post: Call<Envelope>; readonly ok: Call<unknown> } {
  const post: Call<Envelope> = async (name, body = {}) => {
    const path = `/v2/vectordb/${name}`;
    const text = JSON.stringify({ collectionName, ...body });
    const reply = await db().fetch(`http://elanus${path}`, { method: "POST", body: text });
    const envelope = (await reply.json()) as Envelope;
    expect(undescribed({ method: "POST", path }, { status: reply.status, envelope }), path).toEqual([]);
    return envelope;
  };
  const ok: Call<unknown> = async (path, body) => {
    const { code, message, data } = await post(path, body);
    expect([code, message]).toEqual([0, message]);
    return data;
  };
  return { post, ok };
}
