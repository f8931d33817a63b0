/** Of a longer text so many characters are looked at. */
const LOOKED_AT = 256;

/** FNV-1a of a text in 32 bits; of a long one over its ends and what lies evenly between. Never 0, which stands for nothing. */
export function sampledHash(text: string): number {
  let hash = 0x811c9dc5 ^ text.length;
  const step = Math.max(1, Math.floor(text.length / LOOKED_AT));
  for (let at = text.length - 1; at >= 0; at -= step) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash === 0 ? 1 : hash;
}
