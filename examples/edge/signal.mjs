/** A machine's vibration as a device would measure it: sixteen bands, in three states that follow each other. */
export function* readings(count) {
  let seed = 7;
  const noise = () => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return (seed / 0x7fffffff - 0.5) * 0.1;
  };
  for (let at = 0; at < count; at += 1) {
    const state = STATES[Math.floor((at * STATES.length) / count)];
    yield state.bands.map((band) => band + noise());
  }
}

const bands = (peak, width) => Array.from({ length: 16 }, (_, at) => Math.exp(-(((at - peak) / width) ** 2)));

export const STATES = [
  { name: "running", bands: bands(3, 2) },
  { name: "bearing worn", bands: bands(9, 1.5) },
  { name: "blocked", bands: bands(0, 0.8) },
];
