// Cuts the part of the MNIST test set that ships in data/mnist out of the original files.
//
//   node scripts/make-mnist-part.mjs <folder with t10k-images-idx3-ubyte.gz and t10k-labels-idx1-ubyte.gz>
//
// The first half of the original 10,000 images is easier than the second, so the part is spread over both:
// of every two hundred images the first 33 are kept, 1,650 in all.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gunzipSync } from "node:zlib";

const KEPT_OF_200 = 33;
const folder = process.argv[2];
if (folder === undefined) throw new Error("usage: node scripts/make-mnist-part.mjs <folder>");

/** Keeps the chosen records of an IDX file; `headerBytes` is 16 for images and 8 for labels. */
function cut(name, headerBytes, recordBytes) {
  const file = readdirSync(folder).find((entry) => entry.includes(name) && entry.endsWith(".gz"));
  if (file === undefined) throw new Error(`no file *${name}*.gz in ${folder}`);
  const original = gunzipSync(readFileSync(join(folder, file)));
  const records = [];
  for (let row = 0; row < original.readUInt32BE(4); row++) {
    if (row % 200 < KEPT_OF_200) {
      records.push(original.subarray(headerBytes + row * recordBytes, headerBytes + (row + 1) * recordBytes));
    }
  }
  const header = Buffer.from(original.subarray(0, headerBytes));
  header.writeUInt32BE(records.length, 4);
  const target = fileURLToPath(new URL(`../data/mnist/${name}.br`, import.meta.url));
  const part = Buffer.concat([header, ...records]);
  const params = { [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: part.length };
  writeFileSync(target, brotliCompressSync(part, { params }));
}

cut("images-idx3-ubyte", 16, 784);
cut("labels-idx1-ubyte", 8, 1);
