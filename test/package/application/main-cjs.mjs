// For outputs that know no top-level await.
import { use } from "./store.mjs";

use(process.env.STORE).then(console.log);
