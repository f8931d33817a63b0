/** The part of the WebAssembly interface that is used here; the compiler's own description comes with the DOM only. */
export interface WasmMemory {
  readonly buffer: SharedArrayBuffer;
}

/** A compiled module: may be posted to a worker. */
export interface WasmModule {
  readonly wasmModule?: never;
}

interface WasmInterface {
  readonly Memory: new (options: { initial: number; maximum: number; shared: true }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  /** Whether the runtime takes a module. */
  validate(bytes: Uint8Array): boolean;
  readonly Instance: new (
    module: WasmModule,
    imports: Record<string, Record<string, unknown>>,
  ) => { readonly exports: Record<string, unknown> };
}

export const wasm: WasmInterface = (globalThis as unknown as { WebAssembly: WasmInterface }).WebAssembly;
