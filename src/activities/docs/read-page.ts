import { Parser } from 'htmlparser2';

/** What a page offers to be linked to, and where it leads. */
export interface Page {
  readonly ids: ReadonlySet<string>;
  /** As they are written, each once. */
  readonly links: readonly string[];
  /** `<base href>`, from which its links go out; null: the page itself. */
  readonly base: string | null;
}

/** Reads ids and links out of HTML as browsers do, however broken it is. */
export function readPage(html: string): Page {
  const ids = new Set<string>();
  const links = new Set<string>();
  let base: string | null = null;
  const parser = new Parser({
    onopentag: (name, attributes) => {
      const { id, name: anchor, href } = attributes;
      if (id !== undefined) ids.add(id);
      if (name === 'a' && anchor !== undefined) ids.add(anchor);
      if (name === 'base') base ??= href ?? null;
      for (const attribute of LINKING[name] ?? []) {
        const link = attributes[attribute];
        if (link !== undefined) links.add(link.trim());
      }
    },
  });
  parser.end(html);
  return { ids, links: [...links], base };
}

const LINKING: Readonly<Record<string, readonly string[]>> = {
  a: ['href'],
  area: ['href'],
  audio: ['src'],
  embed: ['src'],
  iframe: ['src'],
  img: ['src'],
  link: ['href'],
  object: ['data'],
  script: ['src'],
  source: ['src'],
  video: ['src', 'poster'],
};
