/** Markdown and HTML in text from outside stay text, wherever Markdown is rendered with HTML. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\`*_{}[\]()#!|~>]|-(?=-)|(?<=-)-/g, (character) => `\\${character}`); // Temporal's UI makes a dash of two hyphens, and no flag
}
