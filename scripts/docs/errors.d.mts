export declare const errorsPath: string;
export declare function documentation(): Record<string, string | undefined>;
export declare function errorsPage(): Promise<string>;
