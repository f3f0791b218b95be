/**
 * The page of `switchyard show --html` as a browser draws it: on a screen, dark, and on a phone. Needs `chromium` (Debian: chromium);
 * `npm run test:long` runs it.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { drawPage } from '../../src/cli/page/draw-page.ts';
import { startBrowser, type Browser, type Page } from '../support/browser.ts';
import { recorded, storyOf } from '../support/stories.ts';

let browser: Browser;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-page-'));
  browser = await startBrowser();
});
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true });
});

const VIEWS = {
  'on a screen': { width: 1280, scheme: 'light' },
  'in the dark': { width: 1280, scheme: 'dark' },
  'on a phone': { width: 360, scheme: 'light' },
  'on a phone in the dark': { width: 360, scheme: 'dark' },
} as const;

/** One of each kind of picture. */
const STORIES = [
  'measured-rolled-back',
  'asked-about-a-gate',
  'blocked-and-resolved',
  'group-rolled-back',
  'guard-restored',
  'sync-synced-with-exceptions',
  'docs-gates-failed',
];

describe.each(Object.entries(VIEWS))('%s', (_, view) => {
  test.each(STORIES)(
    'the page of %s is whole: pictures, readable words, nothing fetched and nothing cut off',
    async (name) => {
      const page = await show(name, view);
      expect(troublesOf(page)).toEqual([]);
      expect(await page.evaluate<number>(BESIDE_THE_PAGE)).toBeLessThanOrEqual(0);
      expect(await page.evaluate<readonly string[]>(HARD_TO_READ)).toEqual([]);
      for (const clip of await page.evaluate<readonly Clip[]>(PICTURES)) {
        const { data } = (await page.send('Page.captureScreenshot', { clip, captureBeyondViewport: true })) as {
          data: string;
        };
        expect(linesThatDiffer(Buffer.from(data, 'base64'))).toBeGreaterThan(10);
      }
    },
  );
});

test('the pictures of a rollback are drawn, those for a screen there and those for a phone on a phone', async () => {
  const sizes = await Promise.all(
    [VIEWS['on a screen'], VIEWS['on a phone']].map(async (view) => {
      const page = await show('rolled-back', view);
      return page.evaluate<readonly Clip[]>(PICTURES);
    }),
  );
  expect(sizes.map((pictures) => pictures.length)).toEqual([3, 3]);
  expect(sizes[0]?.every(({ width }) => width > 600)).toBe(true);
  expect(sizes[1]?.every(({ width }) => width <= 360)).toBe(true);
});

async function show(name: string, { width, scheme }: (typeof VIEWS)[keyof typeof VIEWS]): Promise<Page> {
  const file = join(folder, `${name}.html`);
  await writeFile(file, drawPage(storyOf(recorded(name)), { link: null, now: Date.UTC(2026, 11, 1) }));
  const page = await browser.open();
  for (const domain of ['Page', 'Network', 'Log', 'Runtime']) await page.send(`${domain}.enable`);
  await page.send('Emulation.setDeviceMetricsOverride', {
    width,
    height: 800,
    deviceScaleFactor: 1,
    mobile: width < 600,
  });
  const features = [{ name: 'prefers-color-scheme', value: scheme }];
  await page.send('Emulation.setEmulatedMedia', { features });
  await page.send('Page.navigate', { url: `file://${file}` });
  while (!page.events.some(({ method }) => method === 'Page.loadEventFired')) await page.evaluate('1');
  return page;
}

/** Errors in its console, and requests for anything beside itself. */
function troublesOf({ events }: Page): readonly string[] {
  const requests = events
    .filter(({ method }) => method === 'Network.requestWillBeSent')
    .map(({ params }) => (params['request'] as { readonly url: string }).url)
    .filter((url) => !url.startsWith(`file://`));
  const said = events
    .filter(({ method }) => ['Log.entryAdded', 'Runtime.exceptionThrown', 'Runtime.consoleAPICalled'].includes(method))
    .map(({ params }) => JSON.stringify(params));
  return [...requests, ...said];
}

const BESIDE_THE_PAGE = 'document.documentElement.scrollWidth - window.innerWidth';

interface Clip {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly scale: 1;
}

const PICTURES = `[...document.querySelectorAll('figure svg')].map((svg) => svg.getBoundingClientRect())
  .filter(({ width, height }) => width > 0 && height > 0)
  .map(({ x, y, width, height }) => ({ x: x + scrollX, y: y + scrollY, width, height, scale: 1 }))`;

/** Words smaller than 9 px, or with less contrast to what is behind them than WCAG asks of large text (3 : 1). */
const HARD_TO_READ = `(() => {
  const luminance = ([r, g, b]) => [r, g, b]
    .map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgba = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  /* What lies under the middle of the words: the mark of a picture, else what the page has behind them. */
  const behind = (element, box) => {
    const under = document.elementsFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    for (const at of under.filter(({ tagName }) => tagName !== 'text' && tagName !== 'tspan')) {
      const style = getComputedStyle(at);
      const colour = rgba(at instanceof SVGGeometryElement ? style.fill : style.backgroundColor);
      if (colour[3] > 100) return colour;
    }
    return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    const words = [...element.childNodes].filter(({ nodeType }) => nodeType === 3).map(({ data }) => data.trim()).join(' ');
    if (words.trim() === '' || element.closest('title, style') !== null) continue;
    element.scrollIntoView({ block: 'center' });
    const line = document.createRange();
    line.selectNodeContents([...element.childNodes].find(({ nodeType, data }) => nodeType === 3 && data.trim() !== ''));
    const box = line.getClientRects()[0];
    if (box === undefined || box.width === 0) continue;
    const style = getComputedStyle(element);
    const ink = rgba(element.ownerSVGElement ? style.fill : style.color);
    const [light, dark] = [luminance(ink), luminance(behind(element, box))].sort((a, b) => b - a);
    const contrast = (light + 0.05) / (dark + 0.05);
    const svg = element.ownerSVGElement;
    const scale = svg ? svg.getBoundingClientRect().width / (svg.viewBox.baseVal.width || svg.getBoundingClientRect().width) : 1;
    const size = parseFloat(style.fontSize) * scale;
    if (size < 9 || contrast < 3) found.push(words.slice(0, 40) + ': ' + size.toFixed(1) + ' px, contrast ' + contrast.toFixed(1));
  }
  return found;
})()`;

/** How many lines of a PNG differ from all others: of a picture that is blank one. */
function linesThatDiffer(png: Buffer): number {
  const width = png.readUInt32BE(16);
  const bytes = { 2: 3, 6: 4 }[png.readUInt8(25)] ?? 1; // RGB, RGBA, else one a pixel
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  const pixels = inflateSync(Buffer.concat(parts));
  const line = 1 + width * bytes;
  const lines = Array.from({ length: pixels.length / line }, (_, at) =>
    pixels.toString('latin1', at * line, at * line + line),
  );
  return new Set(lines).size;
}
