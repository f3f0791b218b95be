import { escapeMarkdown } from '../../src/core/escape-markdown.ts';

test('text from outside is neither markup nor HTML where Markdown is drawn (A1)', () => {
  expect(escapeMarkdown('<img src=x> **a** [b](c) `d` & e')).toBe(
    '&lt;img src=x\\> \\*\\*a\\*\\* \\[b\\]\\(c\\) \\`d\\` &amp; e',
  );
});

test('a flag stays a flag that can be typed: Temporal draws two hyphens as a dash', () => {
  expect(escapeMarkdown('./switchyard reject a-b.example.com --reason TEXT')).toBe(
    './switchyard reject a-b.example.com \\-\\-reason TEXT',
  );
});
