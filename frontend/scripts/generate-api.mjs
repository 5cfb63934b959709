// Writes packages/api-client/src/generated.ts from openapi.json beside it, which `shopcast openapi` prints.
// Usage: node scripts/generate-api.mjs [--fetch] [--check]; --fetch asks the server's program for the description first,
// --check writes nothing and fails when generated.ts is not what openapi.json says.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DESCRIPTION = new URL('../packages/api-client/openapi.json', import.meta.url);
const GENERATED = new URL('../packages/api-client/src/generated.ts', import.meta.url);
const REFERENCE = '#/components/schemas/';
const VERBS = ['get', 'post', 'put', 'patch', 'delete'];

function printed() {
  const own = fileURLToPath(new URL('../../.venv/bin/shopcast', import.meta.url));
  const program = process.env.SHOPCAST ?? (existsSync(own) ? own : 'shopcast');
  return execFileSync(program, ['openapi'], { encoding: 'utf8', maxBuffer: 32 * 1024 * 1024 });
}

/** "sales_http_schemas_Failure" → "SalesFailure": a schema is named with its module only where two have one name. */
function typeName(schema) {
  const parts = schema.split(/[^A-Za-z0-9]+/).filter((one) => one && !['http', 'schemas'].includes(one));
  return parts.map((one) => one[0].toUpperCase() + one.slice(1)).join('');
}

function generated(description) {
  const schemas = description.components.schemas;

  /** Every list answers the same page around its items; one generic type is easier to read than twenty. */
  function pageOf(name) {
    const { properties } = schemas[name];
    const isPage = name.startsWith('Page_') && Object.keys(properties).sort().join() === 'items,next_cursor';
    return isPage ? properties.items.items : null;
  }

  function reference(pointer) {
    const name = pointer.slice(REFERENCE.length);
    const item = pageOf(name);
    return item ? `Page<${type(item)}>` : typeName(name);
  }

  function one(kind, schema) {
    switch (kind) {
      case 'null':
        return 'null';
      case 'string':
        return 'string';
      case 'boolean':
        return 'boolean';
      case 'integer':
      case 'number':
        return 'number';
      case 'array':
        return list(schema.items ? type(schema.items) : 'unknown');
      case 'object':
        if (schema.properties) return shape(schema, '  ');
        return `Record<string, ${schema.additionalProperties ? type(schema.additionalProperties) : 'unknown'}>`;
      default:
        return 'unknown';
    }
  }

  const list = (item) => (/[|&]/.test(item) ? `(${item})[]` : `${item}[]`);

  function type(schema) {
    if (schema.$ref) return reference(schema.$ref);
    if (schema.enum) return schema.enum.map((value) => quoted(value)).join(' | ');
    if ('const' in schema) return quoted(schema.const);
    const choices = schema.oneOf ?? schema.anyOf;
    if (choices) return [...new Set(choices.map(type))].join(' | ');
    return [schema.type]
      .flat()
      .map((kind) => one(kind, schema))
      .join(' | ');
  }

  function shape(schema, indent) {
    const required = new Set(schema.required ?? []);
    const rows = Object.entries(schema.properties).map(
      ([name, value]) => `${indent}${key(name)}${required.has(name) ? '' : '?'}: ${type(value)};`,
    );
    return `{\n${rows.join('\n')}\n${indent.slice(2)}}`;
  }

  function declared(name) {
    const schema = schemas[name];
    if (pageOf(name)) return '';
    if (schema.type !== 'object') return `export type ${typeName(name)} = ${type(schema)};\n`;
    if (!schema.properties || Object.keys(schema.properties).length === 0)
      return `export type ${typeName(name)} = Record<string, ${type(schema.additionalProperties ?? {})}>;\n`;
    return `export interface ${typeName(name)} ${shape(schema, '  ')}\n`;
  }

  function operation(verb, path, spec) {
    const [, response] = Object.entries(spec.responses).find(([status]) => status.startsWith('2')) ?? [];
    const answer = response?.content?.['application/json']?.schema;
    const body = spec.requestBody?.content?.['application/json']?.schema;
    const query = (spec.parameters ?? []).filter((parameter) => parameter.in === 'query');
    const asked = query.map(({ name, required, schema }) => `${key(name)}${required ? '' : '?'}: ${type(schema)}`);
    const parts = [
      `answer: ${answer && answer.type !== 'null' ? type(answer) : 'undefined'}`,
      `body: ${body ? type(body) : 'undefined'}`,
      `query: ${asked.length > 0 ? `{ ${asked.join('; ')} }` : 'undefined'}`,
    ];
    return `  '${verb.toUpperCase()} ${path}': { ${parts.join('; ')} };`;
  }

  const operations = Object.entries(description.paths).flatMap(([path, item]) =>
    path.startsWith('/v1/') ? VERBS.flatMap((verb) => (item[verb] ? [operation(verb, path, item[verb])] : [])) : [],
  );
  const declarations = Object.keys(schemas).map(declared).filter(Boolean);
  return `// Written by scripts/generate-api.mjs from the server's own description. Change the server, then: npm run generate

export interface Page<Item> {
  items: Item[];
  next_cursor: string | null;
}

${declarations.join('\n')}
export interface Operations {
${operations.join('\n')}
}
`;
}

const quoted = (value) => (typeof value === 'string' ? `'${value.replaceAll("'", "\\'")}'` : String(value));
const key = (name) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : quoted(name));

if (process.argv.includes('--fetch')) writeFileSync(DESCRIPTION, printed());
const text = generated(JSON.parse(readFileSync(DESCRIPTION, 'utf8')));
if (!process.argv.includes('--check')) writeFileSync(GENERATED, text);
else if (readFileSync(GENERATED, 'utf8') !== text) {
  console.error('packages/api-client/src/generated.ts is not what openapi.json says. Run: npm run generate');
  process.exit(1);
}
