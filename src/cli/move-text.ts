import type {
  CollectionComparison,
  CollectionPlan,
  DiffReport,
  MovePlan,
  MoveReport,
  RowDifferences,
} from "../index.js";

/** What is planned, for people. */
export function planText({ from, to, server, collections }: MovePlan): string {
  const head = `${from} -> ${to} (${server})\n`;
  if (collections.length === 0) return `${head}  there are no collections\n`;
  return head + collections.map(collectionText).join("");
}

function collectionText(plan: CollectionPlan): string {
  const { database, collection, into, rows, partitions, changes, refusals } = plan;
  const parts = partitions.length === 1 ? "1 partition" : `${partitions.length} partitions`;
  const name = into === collection ? "" : `, as ${into}`;
  const lines = [
    `  ${database}.${collection}: ${count(rows, "row")}, ${parts}${name}`,
    ...changes.map((change) => `    changed: ${change}`),
    ...refusals.map((refusal) => `    refused: ${refusal}`),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

/** What has been done and how both sides look now, for people. */
export function reportText(report: MoveReport): string {
  return `${count(report.rows, "row")} written\n${report.comparisons.map(comparisonText).join("")}`;
}

/** What two stores have in common and what not, for people. */
export function diffText({ here, there, server, onlyHere, onlyThere, comparisons }: DiffReport): string {
  const lines = [
    `${here} and ${there} (${server})`,
    ...onlyHere.map((name) => `  ${name}: only here`),
    ...onlyThere.map((name) => `  ${name}: only there`),
  ];
  return lines.map((line) => `${line}\n`).join("") + comparisons.map(comparisonText).join("");
}

/** How a collection looks on both sides, for people. */
function comparisonText(comparison: CollectionComparison): string {
  const { database, collection, partitions, remarks, ranges, rangesDiffering, searches } = comparison;
  const here = partitions.reduce((sum, { rowsHere }) => sum + rowsHere, 0);
  const there = partitions.reduce((sum, { rowsThere }) => sum + rowsThere, 0);
  const rows = here === there ? `${count(here, "row")} on both sides` : `${count(here, "row")} here, ${there} there`;
  const hashes =
    ranges === 0 ? "" : `, hashes of ${ranges - rangesDiffering} of ${count(ranges, "range")} of keys agree`;
  const uneven = partitions.filter(({ rowsHere, rowsThere }) => rowsHere !== rowsThere);
  const lines = [
    `  ${database}.${collection}: ${verdict(comparison)}${partitions.length === 0 ? "" : `: ${rows}${hashes}`}`,
    ...uneven.map(
      ({ partition, rowsHere, rowsThere }) => `    partition ${partition}: ${rowsHere} here, ${rowsThere} there`,
    ),
    ...differenceText("only here", comparison.onlyHere),
    ...differenceText("only there", comparison.onlyThere),
    ...differenceText(`changed (${comparison.changed.fields.join(", ")})`, comparison.changed),
    ...remarks.map((remark) => `    ${remark}`),
    ...(searches === undefined
      ? []
      : [
          `    ${count(searches.count, "search", "searches")} on both sides: ${(100 * searches.shared).toFixed(1)} % of the hits are the same`,
        ]),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function verdict({ same, partitions, remarks }: CollectionComparison): string {
  if (same) return "the same";
  return partitions.length === 0 && remarks.length === 1 ? "not compared" : "different";
}

function differenceText(what: string, { count: all, keys }: RowDifferences): readonly string[] {
  if (all === 0) return [];
  const shown = keys.map((key) => (typeof key === "string" ? JSON.stringify(key) : String(key)));
  return [`    ${what}: ${count(all, "row")}: ${shown.join(", ")}${all > keys.length ? ", ..." : ""}`];
}

function count(number: number, one: string, several = `${one}s`): string {
  return `${number} ${number === 1 ? one : several}`;
}
