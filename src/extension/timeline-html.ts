/** What the timeline's page is made of, as addresses that its webview may load. */
export interface TimelineAssets {
  /** The webview's own source expression for a content security policy. */
  readonly cspSource: string;
  readonly script: string;
  readonly style: string;
  /** Fresh for every page, so that only this script runs. */
  readonly nonce: string;
}

/** The page's document. It holds no text of the workspace: that comes by message, after the page has said `ready`. */
export function timelineHtml({ cspSource, script, style, nonce }: TimelineAssets): string {
  const policy = `default-src 'none'; style-src ${cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Lifecycle</title>
<link rel="stylesheet" href="${style}">
<script nonce="${nonce}" src="${script}" defer></script>
</head>
<body></body>
</html>
`;
}
