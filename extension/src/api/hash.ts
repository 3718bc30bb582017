/** A short name for a text, for telling whether the server has it; nothing rests on its secrecy.
 *
 * 53 bits (cyrb53, public domain): the Web Crypto API is not there on plain http.
 */
export function hashOf(text: string): string {
  let one = 0xdeadbeef;
  let two = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    one = Math.imul(one ^ unit, 2654435761);
    two = Math.imul(two ^ unit, 1597334677);
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909);
  two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909);
  const high = (two >>> 11).toString(16);
  return `${high}${(one >>> 0).toString(16).padStart(8, '0')}-${text.length}`;
}
