/** Where the server is: `host:port`. */
export const address = process.env.ELANUS_ADDRESS;
const control = process.env.ELANUS_CONTROL;

const plain = (_, value) => (typeof value === "bigint" ? String(value) : value);
const print = (line) => console.log(JSON.stringify(line, plain));

const mark = (label) => fetch(`${control}/${encodeURIComponent(label)}`);

/** Runs one step, and prints what came of it. What is called outside of steps belongs to none of them. */
export async function step(label, work) {
  await mark(label);
  try {
    print({ step: label, value: await work() });
  } catch (error) {
    print({ step: label, error: { message: String(error.message ?? error), code: error.code ?? error.error_code } });
  }
  await mark("-");
}
