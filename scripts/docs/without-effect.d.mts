export const withoutEffectPath: string;
export function withoutEffectPage(): Promise<string>;
