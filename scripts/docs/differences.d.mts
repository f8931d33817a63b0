export declare const DIFFERENCES: Readonly<Record<string, string>>;
