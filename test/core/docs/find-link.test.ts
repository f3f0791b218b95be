import { findLink } from '../../../src/core/docs/find-link.ts';

const file = (path: string, fragment = '') => ({ kind: 'file', path, fragment });

test.each([
  ['a.html', file('classes/a.html')],
  ['./a.html?x=1#b', file('classes/a.html', 'b')],
  ['../index.html', file('index.html')],
  ['#top', file('classes/page.html', 'top')],
  ['', file('classes/page.html')],
  ['%C3%BC.html#%C3%BC', file('classes/ü.html', 'ü')],
  ['100%.html', file('classes/100%.html')],
  ['a/../../x/', file('x/')],
])('%j in classes/page.html leads to a file of the site', (link, expected) => {
  expect(findLink('classes/page.html', link)).toEqual(expected);
});

test.each(['../../etc/passwd', '%2e%2e/../x', '/index.html', 'file:///etc/passwd', 'FILE:/x'])(
  '%j leads out of the site (P4)',
  (link) => {
    expect(findLink('classes/page.html', link).kind).toBe('outside');
  },
);

test.each(['https://example.com/', '//example.com/x', 'mailto:a@b.c', 'javascript:void 0', 'data:text/plain,x'])(
  '%j leads elsewhere',
  (link) => {
    expect(findLink('page.html', link).kind).toBe('elsewhere');
  },
);
