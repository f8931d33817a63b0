// Owns a shared file with a collection of one row, and does nothing else until its standard input ends.
const [entry, path] = process.argv.slice(2);
const { Elanus } = await import(entry);
const db = await Elanus.open(path, { shared: true });
await db.collections.create({ collectionName: "book", dimension: 2, metricType: "L2" });
await db.entities.insert({ collectionName: "book", data: [{ id: 0, vector: [0, 1] }] });
process.stdout.write("open\n");
process.stdin.on("end", () => db.close());
process.stdin.resume();
