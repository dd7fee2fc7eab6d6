export { type ConditionalArm } from './conditionals.ts';
export { type Configuration, everyOption } from './configuration.ts';
export { loadNative } from './native.ts';
export { type Point, type SyntaxNode, type SyntaxTree } from './node.ts';
export { type CParser, withTree } from './parser.ts';
export { prepare, type Prepared } from './prepare.ts';
export { type Rewrite, type RewriteKind } from './rewrites.ts';
export { type Variant, variantsFor } from './variants.ts';
export { loadWasm, type WasmFiles } from './wasm.ts';
