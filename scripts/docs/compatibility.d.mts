export declare const compatibilityPath: string;
export declare function compatibilityPage(): Promise<string>;
