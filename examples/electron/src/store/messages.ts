import type { Envelope } from "elanus";

/** What goes to the utility process. */
export type Call =
  | { readonly kind: "open"; readonly file: string }
  | { readonly kind: "request"; readonly path: string; readonly body: unknown }
  | { readonly kind: "fetch"; readonly request: PlainRequest }
  | { readonly kind: "close" };

/** What comes back of each. */
export interface Results {
  readonly open: undefined;
  readonly request: Envelope;
  readonly fetch: PlainResponse;
  readonly close: undefined;
}

export interface PlainRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: ArrayBuffer | undefined;
}

export interface PlainResponse {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: ArrayBuffer;
}

export interface Message {
  readonly id: number;
  readonly call: Call;
}

export type Answer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly message: string };
