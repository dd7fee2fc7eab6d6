declare const PERNET_VERSION: string;
declare const PERNET_REPOSITORY: string;

/** The package's version, which the build puts in. */
export const version = PERNET_VERSION;

/** Where a rule's page can be read on the web, with `{rule}` for its name; undefined while the package names no repository. */
export const rulePageLink =
  PERNET_REPOSITORY === '' ? undefined : `${PERNET_REPOSITORY}/blob/v${PERNET_VERSION}/src/rules/{rule}.md`;
