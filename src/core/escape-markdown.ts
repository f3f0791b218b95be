/** Markdown and HTML in text from outside stay text, wherever Markdown is rendered with HTML. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/[\\`*_{}[\]()#!|~>]/g, (character) => `\\${character}`);
}
