import elanus = require("elanus");
import expression = require("elanus/expr");

async function run(): Promise<void> {
  const db: elanus.Elanus = await elanus.Elanus.open(":memory:");
  await db.partitions.release({ collectionName: "book", partitionNames: ["novel"] });
  // @ts-expect-error: a path is a string
  await db.request(1, {});
  expression.parseExpression("a > 1");
  await db.close();
}
run();
