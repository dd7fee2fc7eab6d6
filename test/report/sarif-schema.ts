import fs from 'node:fs';
import path from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';

const formats = {
  uri: (text: string): boolean => URL.canParse(text),
  // RFC 3986, appendix A: what a URI cannot hold, and a percent sign that begins no escape.
  'uri-reference': (text: string): boolean =>
    !/[^\x21-\x7e]|["<>\\^`{|}]|%(?![\dA-Fa-f]{2})/.test(text) && URL.canParse(text, 'file:///'),
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
};

/** Checks a value against the published schema of SARIF 2.1.0; what is wrong is in `errors`. */
export const validateSarif: ValidateFunction = compile();

function compile(): ValidateFunction {
  const text = fs.readFileSync(path.join(import.meta.dirname, 'sarif-2.1.0.schema.json'), 'utf8');
  const { id, $schema, ...schema } = JSON.parse(text) as { id: string; $schema: string };
  // Of draft 04 the schema uses nothing that draft 07, which Ajv speaks, reads otherwise, but the name of `id`.
  if (!$schema.includes('draft-04') || text.includes('exclusiveM'))
    throw new Error('another schema than the one meant');
  // Its pattern of languages is none to Unicode's stricter rules (the errata of the standard mend it).
  return new Ajv({ allErrors: true, strict: false, unicodeRegExp: false, formats }).compile({ ...schema, $id: id });
}
