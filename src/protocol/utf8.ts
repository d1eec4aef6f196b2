/** Text to bytes, in Node and in browsers. */
export const utf8 = new TextEncoder();

/** How many bytes a text takes. */
export function utf8Length(text: string): number {
  return utf8.encode(text).length;
}
