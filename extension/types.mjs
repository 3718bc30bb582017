// Writes src/api/types.ts from the server's schema; with --check says whether it is up to date.
import { readFile, writeFile } from 'node:fs/promises';
import { compile } from 'json-schema-to-typescript';
import prettier from 'prettier';

const SCHEMA = new URL('../poc_graduate/server/schema.json', import.meta.url);
const TYPES = new URL('src/api/types.ts', import.meta.url);

const { definitions, description, version } = JSON.parse(await readFile(SCHEMA, 'utf8'));
const compiled = await compile({ definitions }, 'Unused', {
  bannerComment: '',
  additionalProperties: false,
  unreachableDefinitions: true,
  format: false
});
// The compiler wants a type of the whole; there is none, and its remarks say so at each part.
const remark = String.raw`\* This interface was referenced by[^\n]*\n\s*\* via[^\n]*\n\s*`;
const parts = compiled
  .replace(/export interface Unused \{[^}]*\}\n/, '')
  .replace(new RegExp(String.raw`/\*\*\s*${remark}\*/\n`, 'g'), '')
  .replace(new RegExp(String.raw`\*\s*${remark}\*/`, 'g'), '*/')
  .replace(/\/\*\*\n\s*\* ([^\n]*)\n\s*\*\//g, '/** $1 */')
  .replace(/^}\n|;\n(?=\/|export)/gm, '$&\n');
const head = `/** ${description}

 Made of poc_graduate/server/schema.json by \`npm run types\`; not edited by hand. */

/** Version of the schema. */
export const SCHEMA_VERSION = ${version};
`;
const options = await prettier.resolveConfig(TYPES);
const text = await prettier.format(`${head}\n${parts}`, { ...options, parser: 'typescript' });

if (!process.argv.includes('--check')) {
  await writeFile(TYPES, text);
} else if (text !== (await readFile(TYPES, 'utf8').catch(() => ''))) {
  console.error('src/api/types.ts is not what the schema says: npm run types');
  process.exit(1);
}
