/** esbuild bundles the page's style sheet beside its script. */
declare module '*.css';

/** What VS Code gives a webview's page; it may be called once. */
declare function acquireVsCodeApi(): {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
};
