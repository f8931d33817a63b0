import * as elanus from "elanus";
import * as expression from "elanus/expr";
import * as testing from "elanus/testing";
import use from "./use.cjs";

await use.exercise(elanus, { parse: expression.parseExpression }, testing);
console.log("import: ok");
