import {
  type ColumnTest,
  columnTest,
  compileElements,
  compileSql,
  deadlineSql,
  type FilterPlan,
  filterCost,
  relaxed,
  type TypedExpression,
} from "../../expr/index.js";
import type { SelectedElements } from "./read-elements.js";
import type { Condition } from "./read-rows.js";

/** Most plain comparisons that a part of a filter costs for a row, unless it is dear. */
const CHEAP = 4;
/** So many rows are read before anybody looks at the deadline. */
const FEW_KEYS = 1000;

/** A filter in the forms that are asked for; each is made when it is asked for first. */
export class CompiledFilter {
  readonly plan: FilterPlan;
  /** The same for the same rows, as long as the data stay the same. */
  readonly key: string;
  /** What it costs for a row, in plain comparisons. */
  readonly cost: number;
  readonly #table: string;
  /** What is left without dear parts. */
  readonly #cheap: TypedExpression | undefined;
  /** Null: it cannot be said so. */
  #test: ColumnTest | null | undefined;
  #unwatched: Condition | undefined;
  #condition: Condition | undefined;
  #relaxed: Condition | undefined;
  #elements: SelectedElements | undefined;

  constructor(plan: FilterPlan, table: string, key: string) {
    const { predicate, alwaysTrue } = plan;
    this.plan = plan;
    this.key = key;
    this.#table = table;
    this.cost = alwaysTrue ? 0 : filterCost(predicate);
    this.#cheap = relaxed(predicate, CHEAP);
  }

  /** The same rows as tests of columns; undefined where only SQL can say it. */
  get test(): ColumnTest | undefined {
    if (this.#test === undefined) this.#test = columnTest(this.plan.predicate) ?? null;
    return this.#test ?? undefined;
  }

  /** Undefined when every row matches. It looks at the deadline between rows, where there may be many. */
  get condition(): Condition | undefined {
    this.#condition ??= this.#watched();
    return this.#condition;
  }

  /** The same without that look. */
  get unwatched(): Condition | undefined {
    if (this.plan.alwaysTrue) return undefined;
    this.#unwatched ??= compileSql(this.plan.predicate, undefined, this.#table);
    return this.#unwatched;
  }

  /** It has parts that cost far more than comparisons, such as those that go through long texts. */
  get isDear(): boolean {
    return this.#cheap !== this.plan.predicate;
  }

  /**
   * What is left without such parts: it lets the same rows through, and others. Undefined: nothing. It looks at the deadline between rows.
   */
  get relaxed(): Condition | undefined {
    if (this.#cheap === undefined) return undefined;
    this.#relaxed ??= watched(this.#cheap, compileSql(this.#cheap, undefined, this.#table));
    return this.#relaxed;
  }

  /** `element_filter`: which elements are meant. */
  get elements(): SelectedElements | undefined {
    const { elements } = this.plan;
    this.#elements ??= elements && { struct: elements.struct, ...compileElements(elements, this.#table) };
    return this.#elements;
  }

  #watched(): Condition | undefined {
    const { unwatched } = this;
    const { predicate, primaryKeys } = this.plan;
    if (unwatched === undefined || (primaryKeys !== undefined && primaryKeys.length <= FEW_KEYS)) return unwatched;
    return watched(predicate, unwatched);
  }
}

/** The condition with a look at the deadline between rows. */
function watched(predicate: TypedExpression, { text, params }: Condition): Condition {
  const look = deadlineSql(predicate, "row_id");
  return { text: `${look.text} AND ${text}`, params: [...look.params, ...params] };
}
