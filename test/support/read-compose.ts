import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isNode, parse, parseDocument } from 'yaml';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface Service {
  readonly image?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly networks?: readonly string[];
  readonly network_mode?: string;
  readonly ports?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly user?: string;
  readonly [key: string]: unknown;
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks?: Readonly<Record<string, { readonly internal?: boolean }>>;
}

/** A compose file of this clone as Compose reads it: anchors merged, `${NAME:-default}` with its default or with what `env` says. */
export function readCompose(name: string, env: Readonly<Record<string, string>> = {}): ComposeFile {
  return substituted(parse(textOf(name), OPTIONS), env) as ComposeFile;
}

/** What a container gets once one file is laid over the other: variables by their names, volumes of both unless those above are `!override`. */
export function givenTo(name: string, { base, over }: { readonly base: string; readonly over: string }) {
  const [below, above] = [service(readCompose(base), name), service(readCompose(over), name)];
  const volumes = parseDocument(textOf(over), OPTIONS).getIn(['services', name, 'volumes'], true);
  const instead = isNode(volumes) && volumes.tag === '!override';
  return {
    environment: { ...below.environment, ...above.environment },
    volumes: [...(instead ? [] : (below.volumes ?? [])), ...(above.volumes ?? [])],
  };
}

const textOf = (name: string): string => readFileSync(`${ROOT}${name}`, 'utf8');

/** What Compose adds to YAML. */
const OPTIONS = {
  merge: true,
  logLevel: 'error',
  customTags: ['!reset', '!override'].flatMap((tag) =>
    (['seq', 'map'] as const).map((collection) => ({ tag, collection })),
  ),
} as const;

export function service({ services }: ComposeFile, name: string): Service {
  const found = services[name];
  if (found === undefined) throw new Error(`there is no service ${name}, only ${Object.keys(services).join(', ')}`);
  return found;
}

/** Every `${NAME:-default}` of a text. */
export function substitutions(text: string): readonly { readonly name: string; readonly otherwise: string }[] {
  return [...text.matchAll(/(?<!\$)\$\{([A-Z_]+):-([^}]*)\}/g)].map(([, name = '', otherwise = '']) => ({
    name,
    otherwise,
  }));
}

/** After the text was parsed, as Compose does it: what becomes nothing is an empty text, and no null. */
function substituted(value: unknown, env: Readonly<Record<string, string>>): unknown {
  if (typeof value === 'string')
    return value
      .replace(/(?<!\$)\$\{([A-Z_]+):-([^}]*)\}/g, (_, name: string, otherwise: string) => env[name] ?? otherwise)
      .replaceAll('$$', '$');
  if (Array.isArray(value)) return value.map((one) => substituted(one, env));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, substituted(one, env)]));
}
