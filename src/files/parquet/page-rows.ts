import { FileFault } from "../file-fault.js";
import type { Page } from "./leaf-pages.js";
import type { LeafLevels } from "./leaf-reader.js";

/** The values of a leaf without lists, row by row; null where there is none. */
export function flatRows({ count, definition, values }: Page, levels: LeafLevels): readonly unknown[] {
  if (definition === undefined) return Array.from(values);
  const rows = new Array<unknown>(count);
  let next = 0;
  for (let i = 0; i < count; i++) rows[i] = definition[i] === levels.value ? values[next++] : null;
  return rows;
}

/**
 * How many elements the list of each row has; -1 for a row without one.
 * @throws FileFault for an element that is null
 */
export function listLengths({ count, definition, repetition }: Page, levels: LeafLevels, rows: number): Int32Array {
  const element = levels.elements[0] as number;
  const lengths = new Int32Array(rows);
  let row = -1;
  for (let i = 0; i < count; i++) {
    const level = definition === undefined ? levels.value : (definition[i] as number);
    const begins = repetition === undefined || repetition[i] === 0;
    if (begins) row++;
    if (level >= element) {
      if (level < levels.value) throw new FileFault("a list has an element that is null", `row ${row + 1}`);
      (lengths[row] as number)++;
    } else if (level < element - 1) lengths[row] = -1;
  }
  return lengths;
}

/** The lists of a leaf, row by row; null where there is none. @throws FileFault for an element that is null */
export function listRows(page: Page, levels: LeafLevels, rows: number): readonly (readonly unknown[] | null)[] {
  const values = Array.from(page.values);
  let at = 0;
  return Array.from(listLengths(page, levels, rows), (length) => {
    if (length < 0) return null;
    at += length;
    return values.slice(at - length, at);
  });
}

/**
 * Lists of lists, row by row: those of the second kind are what an element of the first one holds.
 * @throws FileFault for an element that is null
 */
export function nestedRows(page: Page, levels: LeafLevels): readonly (readonly (readonly unknown[])[] | null)[] {
  const [outer, inner] = levels.elements as readonly [number, number];
  const rows: (unknown[][] | null)[] = [];
  let next = 0;
  for (let i = 0; i < page.count; i++) {
    const level = page.definition === undefined ? levels.value : (page.definition[i] as number);
    const repeats = page.repetition?.[i] ?? 0;
    if (repeats === 0) rows.push(level < outer - 1 ? null : []);
    if (level < outer) continue;
    const row = rows.at(-1);
    if (row === null || row === undefined) throw new FileFault("is damaged: a list begins nowhere");
    if (repeats < 2) row.push([]);
    if (level < inner) continue;
    if (level < levels.value) throw new FileFault("a list has an element that is null", `row ${rows.length}`);
    (row.at(-1) as unknown[]).push(page.values[next++]);
  }
  return rows;
}
