import { createMemory, instantiateKernel, type KernelExports } from "../kernel/kernel.js";

const STATE_BYTES = 64;

/** A checksum under way over the memory of one kernel instance; pieces are multiples of 512 bytes. */
export class Checksum {
  readonly #kernel: KernelExports;
  readonly #state: number;
  #length = 0;

  constructor(kernel: KernelExports) {
    this.#kernel = kernel;
    this.#state = kernel.alloc(STATE_BYTES) >>> 0;
    kernel.checksumBegin(this.#state);
  }

  add(address: number, bytes: number): void {
    this.#kernel.checksumAdd(this.#state, address, bytes);
    this.#length += bytes;
  }

  /** 16 hex digits. */
  end(): string {
    return BigInt.asUintN(64, this.#kernel.checksumEnd(this.#state, this.#length)).toString(16).padStart(16, "0");
  }
}

/** A piece of memory with a checksum over everything that goes through it. */
export class ChecksumBuffer {
  readonly bytes: Uint8Array;
  readonly #checksum: Checksum;
  readonly #address: number;

  constructor(size: number) {
    const memory = createMemory();
    const kernel = instantiateKernel(memory);
    kernel.create();
    this.#checksum = new Checksum(kernel);
    this.#address = kernel.alloc(size) >>> 0;
    this.bytes = new Uint8Array(memory.buffer, this.#address, size);
  }

  /** Adds the first `bytes` bytes of the buffer. */
  add(bytes: number): void {
    this.#checksum.add(this.#address, bytes);
  }

  end(): string {
    return this.#checksum.end();
  }
}
