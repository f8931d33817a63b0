import { ErrorCode, Http2Fault } from "../fault.js";

/** Ends the code; a text never holds it. */
const END = 256;

/**
 * The symbols by the length of their codes (RFC 7541, appendix B). The code is canonical: within a length, codes rise with the
 * symbols.
 */
const SYMBOLS: ReadonlyMap<number, readonly number[]> = new Map([
  [5, [48, 49, 50, 97, 99, 101, 105, 111, 115, 116]],
  [6, [32, 37, 45, 46, 47, ...range(51, 57), 61, 65, 95, 98, 100, 102, 103, 104, 108, 109, 110, 112, 114, 117]],
  [7, [58, ...range(66, 87), 89, 106, 107, 113, ...range(118, 122)]],
  [8, [38, 42, 44, 59, 88, 90]],
  [10, [33, 34, 40, 41, 63]],
  [11, [39, 43, 124]],
  [12, [35, 62]],
  [13, [0, 36, 64, 91, 93, 126]],
  [14, [94, 125]],
  [15, [60, 96, 123]],
  [19, [92, 195, 208]],
  [20, [128, 130, 131, 162, 184, 194, 224, 226]],
  [21, [153, 161, 167, 172, 176, 177, 179, 209, 216, 217, 227, 229, 230]],
  [
    22,
    [
      129,
      ...range(132, 134),
      136,
      146,
      154,
      156,
      160,
      163,
      164,
      169,
      170,
      173,
      178,
      181,
      ...range(185, 187),
      189,
      190,
      196,
      198,
      228,
      232,
      233,
    ],
  ],
  [
    23,
    [
      1,
      135,
      ...range(137, 139),
      140,
      141,
      143,
      147,
      ...range(149, 152),
      155,
      157,
      158,
      165,
      166,
      168,
      174,
      175,
      180,
      182,
      183,
      188,
      191,
      197,
      231,
      239,
    ],
  ],
  [24, [9, 142, 144, 145, 148, 159, 171, 206, 215, 225, 236, 237]],
  [25, [199, 207, 234, 235]],
  [26, [192, 193, ...range(200, 202), 205, 210, 213, 218, 219, 238, 240, 242, 243, 255]],
  [27, [203, 204, 211, 212, 214, ...range(221, 223), 241, ...range(244, 248), ...range(250, 254)]],
  [28, [...range(2, 8), 11, 12, ...range(14, 21), ...range(23, 31), 127, 220, 249]],
  [30, [10, 13, 22, END]],
]);

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** The tree of the code: two entries for each inner node, positive ones lead on, others are -1 - symbol. */
const TREE = makeTree();

function makeTree(): Int16Array {
  const tree: number[] = [0, 0];
  let code = 0;
  let before = 0;
  for (const [length, symbols] of SYMBOLS) {
    for (const symbol of symbols) {
      code *= 2 ** (length - before);
      before = length;
      let node = 0;
      for (let bit = length - 1; bit > 0; bit--) {
        const branch = node + ((code >>> bit) & 1);
        if (tree[branch] === 0) tree[branch] = tree.push(0, 0) - 2;
        node = tree[branch] as number;
      }
      tree[node + (code & 1)] = -1 - symbol;
      code++;
    }
  }
  return Int16Array.from(tree);
}

/** @throws Http2Fault for bytes that are no text in this code */
export function decodeHuffman(bytes: Uint8Array): string {
  const text = Buffer.allocUnsafe(Math.ceil((bytes.length * 8) / 5));
  let size = 0;
  let node = 0;
  /** Bits since the last symbol, and whether all of them are ones. */
  let pending = 0;
  let ones = true;
  for (const byte of bytes) {
    for (let shift = 7; shift >= 0; shift--) {
      const bit = (byte >>> shift) & 1;
      const next = TREE[node + bit] as number;
      pending++;
      ones &&= bit === 1;
      if (next > 0) {
        node = next;
        continue;
      }
      const symbol = -1 - next;
      if (symbol === END) throw badCode();
      text[size++] = symbol;
      node = 0;
      pending = 0;
      ones = true;
    }
  }
  // The last byte is filled up with the first bits of END.
  if (pending > 7 || !ones) throw badCode();
  return text.toString("latin1", 0, size);
}

function badCode(): Http2Fault {
  return new Http2Fault(ErrorCode.compression, "a text is not in the Huffman code");
}
