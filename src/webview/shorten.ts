/** A text of at most so many characters, what is too much taken out before its last third: both ends tell it from others. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const start = Math.ceil(((most - 1) * 2) / 3);
  return `${text.slice(0, start)}…${text.slice(text.length - (most - 1 - start))}`;
}
