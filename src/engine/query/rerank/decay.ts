/** How far a number is from where it should be, as a factor in (0, 1]. */

export const DECAY_FUNCTIONS = ["gauss", "linear", "exp"] as const;
export type DecayFunction = (typeof DECAY_FUNCTIONS)[number];

export interface Decay {
  readonly function: DecayFunction;
  readonly origin: number;
  /** Distance (beyond `offset`) at which the factor is `decay`; above 0. */
  readonly scale: number;
  /** Up to this distance the factor is 1. */
  readonly offset: number;
  /** Between 0 and 1, both excluded. */
  readonly decay: number;
}

/** The factor of a value, in float32. */
export function decayFactor({ function: shape, origin, scale, offset, decay }: Decay, value: number): number {
  const distance = Math.max(0, Math.abs(value - origin) - offset);
  switch (shape) {
    case "gauss":
      return Math.fround(Math.exp((distance * distance * Math.log(decay)) / (scale * scale)));
    case "exp":
      return Math.fround(Math.exp((distance * Math.log(decay)) / scale));
    case "linear":
      // The server stops at `decay`; the manual goes on down to 0.
      return Math.fround(Math.max(decay, 1 - ((1 - decay) / scale) * distance));
  }
}
