import { use } from "./store.mjs";

console.log(await use(process.env.STORE));
