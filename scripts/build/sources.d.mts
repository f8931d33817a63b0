export declare function bundleSource(file: string): Promise<string>;
