import type { FilterType } from "./scope.js";
import type { Constant, Operand, TypedExpression } from "./typed.js";
import { castConstant, isInteger } from "./types.js";

export type ArrayConstant = Extract<Constant, { readonly kind: "array" }>;

/** An array of whole numbers; a constant for each is made for who asks for them. */
export function integerArray(integers: Float64Array): ArrayConstant {
  let made: readonly Constant[] | undefined;
  return {
    kind: "array",
    integers,
    get elements() {
      made ??= Array.from(integers, (value): Constant => ({ kind: "int", value: BigInt(value) }));
      return made;
    },
  };
}

/** Types that take whole numbers as they are. */
function takesIntegers(type: FilterType): boolean {
  return type === "JSON" || isInteger(type);
}

/** @param refuse makes the error for a value that the operand cannot be compared with */
export function amongList(
  operand: Operand,
  list: ArrayConstant,
  refuse: (element: Constant) => Error,
): TypedExpression {
  const { integers } = list;
  if (integers !== undefined && takesIntegers(operand.type)) {
    return {
      kind: "in",
      operand,
      integers,
      get values() {
        return list.elements;
      },
    };
  }
  const values = list.elements.map((element) => {
    const cast = castConstant(operand.type, element);
    if (cast !== undefined) return cast;
    throw refuse(element);
  });
  return { kind: "in", operand, values };
}
