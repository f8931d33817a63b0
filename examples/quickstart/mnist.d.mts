export declare const WIDTH: number;
export declare const DIMENSION: number;

export interface Digit {
  /** The image's number in the file. */
  readonly id: number;
  readonly label: number;
  /** One float per pixel, 0 (paper) to 1 (ink). */
  readonly vector: number[];
}

/** 1,500 base images and 150 queries. */
export declare function loadMnist(): { readonly base: Digit[]; readonly queries: Digit[] };
