import { existsSync } from "node:fs";
import { nextTurn } from "../../values/clock.js";
import type { Connection } from "./driver.js";

/** What the addon gives: a copy that is made by as many pages as are asked for. */
interface Pages {
  transfer(pages: number): { readonly totalPages: number; readonly remainingPages: number };
  close(): void;
}

interface Addon {
  backup(database: object, attached: "main", path: string, isNewFile: boolean): Pages;
}

/**
 * Lets a connection of better-sqlite3 copy by our turns of the event loop. Those of the package are of whatever is called
 * `setImmediate` at that time, and one that a test has put in its place never comes round.
 */
export function copyInOurTurns<Given extends object>(sql: Given): Given {
  const addon = addonOf(sql);
  return addon === undefined ? sql : Object.assign(sql, { backup: copier(sql, addon) });
}

function copier(sql: object, addon: Addon): Connection["backup"] {
  return async (path, { progress }) => {
    const copy = addon.backup(sql, "main", path, !existsSync(path));
    try {
      for (let pages = 0; ; ) {
        await nextTurn();
        const done = copy.transfer(pages);
        if (done.remainingPages === 0) return;
        pages = progress(done);
      }
    } finally {
      copy.close();
    }
  };
}

/** The package keeps it under a symbol; undefined where it is kept in another way, as a later version may. */
function addonOf(sql: object): Addon | undefined {
  return Object.getOwnPropertySymbols(sql)
    .map((key) => (sql as Record<symbol, unknown>)[key] as Partial<Addon> | undefined)
    .find((value): value is Addon => typeof value?.backup === "function");
}
