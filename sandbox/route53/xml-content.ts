/** What can be written: an array repeats its element, undefined leaves it out. */
export type XmlContent =
  string | number | boolean | undefined | readonly XmlContent[] | { readonly [name: string]: XmlContent };
