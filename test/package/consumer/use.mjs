import * as elanus from "elanus";
import * as expression from "elanus/expr";
import use from "./use.cjs";

await use.exercise(elanus, { parse: expression.parseExpression });
console.log("import: ok");
