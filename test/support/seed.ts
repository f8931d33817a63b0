import fc from "fast-check";

/** All that is drawn follows from ELANUS_SEED, where that is given: vitest.config.ts loads this then. */
fc.configureGlobal({ seed: Number(process.env["ELANUS_SEED"]) });
