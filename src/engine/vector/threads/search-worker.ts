import { parentPort, workerData } from "node:worker_threads";
import { adoptKernelModule } from "../kernel/kernel.js";
import { SearchThread } from "./search-thread.js";
import type { SearchThreadData } from "./thread-messages.js";

// The thread sleeps on shared memory and never comes to its event loop; when it returns, it ends.
const { module, control, slot, port } = workerData as SearchThreadData;
adoptKernelModule(module);
const thread = new SearchThread(new Int32Array(control), slot, port);
parentPort?.postMessage("started");
thread.run();
port.close();
