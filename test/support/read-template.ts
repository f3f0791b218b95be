import { readFileSync } from 'node:fs';
import { parse, type ScalarTag, type CollectionTag } from 'yaml';

interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
}

export interface Template {
  readonly Parameters: Readonly<Record<string, { readonly AllowedPattern?: string; readonly Default?: string }>>;
  readonly Resources: Readonly<Record<string, Resource>>;
}

/** A CloudFormation template as it is deployed: the intrinsic functions worked out with these values, by the names in `!Ref`. */
export function readTemplate(file: string, values: Readonly<Record<string, unknown>>): Template {
  const known = (name: string): unknown => {
    if (!Object.hasOwn(values, name)) throw new Error(`${file}: nothing is called ${name}`);
    return values[name];
  };
  const tags: (ScalarTag | CollectionTag)[] = [
    { tag: '!Ref', resolve: (name: string) => known(name) },
    { tag: '!GetAtt', resolve: (name: string) => known(name) },
    {
      tag: '!Sub',
      resolve: (text: string) => text.replace(/\$\{([^}]+)\}/g, (_, name: string) => String(known(name))),
    },
    { tag: '!Not', collection: 'seq', resolve: () => null },
    { tag: '!Equals', collection: 'seq', resolve: () => null },
  ];
  return parse(readFileSync(file, 'utf8'), { customTags: tags }) as Template;
}
