// Of a test runner that loads CommonJS.
const { Elanus } = require("elanus");
const { use } = require("./store.cjs");

test("a store lives", async () => {
  expect(typeof Elanus.open).toBe("function");
  console.log(`said: ${await use(process.env.STORE)}`);
}, 60_000);
