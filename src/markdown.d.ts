/** A page bundled as text (esbuild's text loader; the same plugin in test/vitest.config.ts). */
declare module '*.md' {
  const text: string;
  export default text;
}
