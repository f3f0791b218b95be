import fc from 'fast-check';
import { Parser } from 'htmlparser2';
import { drawPage } from '../../../src/cli/page/draw-page.ts';
import type { GatePoint, Story, Tone } from '../../../src/core/story/story.ts';
import { recorded, RECORDED, storyOf } from '../../support/stories.ts';

const NOW = Date.UTC(2026, 11, 1);
const VIEW = { link: null, now: NOW };

describe('a page', () => {
  test.each(RECORDED)('of %s is well formed, and fetches nothing', (name) => {
    expect(whatIsWrongWith(drawPage(storyOf(recorded(name)), VIEW))).toEqual([]);
  });

  test('of a rollback shows the share, the gate and the line of time, once for a screen and once for a phone', () => {
    const page = drawPage(storyOf(recorded('rolled-back')), VIEW);
    expect(page.match(/<figcaption>[^<]+/g)).toEqual([
      '<figcaption>Share of the answers',
      '<figcaption>Gate healthy',
      '<figcaption>Steps and events',
    ]);
    expect(page.match(/<div class="wide"><svg /g)).toHaveLength(3);
    expect(page.match(/<div class="narrow"><svg /g)).toHaveLength(3);
    for (const lane of ['check', 'write', 'settle', 'watch', 'roll back']) expect(page).toContain(`>${lane}</text>`);
    expect(page).toMatch(/<dt>stands<\/dt><dd>www\.\S+ serves 192\.0\.2\.10 \(red\)/);
    expect(page).toContain('<code>./switchyard history www.t323f1081.example</code>');
  });

  test('of a sync shows the counts by kind, and of a build its stages with their times', () => {
    const sync = drawPage(storyOf(recorded('sync-synced-with-exceptions')), VIEW);
    expect(sync).toContain('<figcaption>Tasks');
    expect(sync).toContain('>3 of 4</text>');
    const docs = drawPage(storyOf(recorded('docs-published')), VIEW);
    for (const text of ['fetch', 'generate', 'publish', '44 ms']) expect(docs).toContain(`>${text}</text>`);
  });

  test('shows the numbers of a gate against the bound at which it fails', () => {
    const story = storyOf(recorded('asked-about-a-gate'));
    const page = drawPage(story, VIEW);
    expect(page).toMatch(/<figcaption>Gate errors.*fails at &gt; 0\.01<\/span>/);
    expect(page).toContain('stroke-dasharray="5 4"');
  });

  test('links the run in Temporal, and nothing that is no page', () => {
    const story = storyOf(recorded('promoted'));
    const page = drawPage(story, { ...VIEW, link: 'https://temporal.example.com/a?b="c' });
    expect(page).toContain('<a href="https://temporal.example.com/a?b=&quot;c">');
    expect(drawPage(story, { ...VIEW, link: 'javascript:alert(1)' })).not.toContain('javascript:');
  });

  test('lets no text from outside become markup, wherever it comes in', () => {
    const evil = `</title><script>alert(1)</script><img src=x onerror="alert('2')">&amp;`;
    const page = drawPage(withText(storyOf(recorded('rolled-back')), evil), VIEW);
    expect(whatIsWrongWith(page)).toEqual([]);
    expect(page).not.toMatch(/<script|<img/);
    expect(textIn(page)).toContain(evil);
  });

  test('is drawn of every story, whatever its numbers', () => {
    fc.assert(
      fc.property(stories, (story) => {
        expect(whatIsWrongWith(drawPage(story, VIEW))).toEqual([]);
      }),
      { numRuns: 40 },
    );
  });
});

/** Tags that do not match, and everything that would be fetched or run. */
function whatIsWrongWith(page: string): readonly string[] {
  const wrong: string[] = [...malformed(page)];
  const open: string[] = [];
  const parser = new Parser(
    {
      onopentag: (name, attributes) => {
        open.push(name);
        if (['script', 'link', 'img', 'iframe', 'object', 'base', 'form'].includes(name)) wrong.push(`<${name}>`);
        for (const [key, value] of Object.entries(attributes)) {
          const fetches = /^(src|srcset|on.*|xlink:href|data|action)$/i.test(key) || (key === 'href' && name !== 'a');
          if (fetches || /url\(|NaN/.test(value)) wrong.push(`${name} ${key}="${value}"`);
        }
      },
      ontext: (text) => {
        if (open.at(-1) === 'style' && /@import|url\(/.test(text)) wrong.push(text);
      },
      onclosetag: () => void open.pop(),
    },
    { recognizeSelfClosing: true },
  );
  parser.end(page);
  return wrong;
}

/** A tag that is left open, and text that is half escaped. */
function malformed(page: string): readonly string[] {
  const open: string[] = [];
  const wrong: string[] = page.match(/&(?!(?:amp|lt|gt|quot|#\d+);).{0,20}/g) ?? [];
  for (const [tag, end, name = '', alone] of page.matchAll(/<(\/?)([a-z][\w:-]*)(?:"[^"]*"|[^">])*?(\/?)>/gi)) {
    if (end === '' && alone === '') open.push(name);
    if (end !== '' && open.pop() !== name) wrong.push(tag);
  }
  return [...wrong, ...open];
}

function textIn(page: string): string {
  let all = '';
  const parser = new Parser({ ontext: (text) => (all += text) });
  parser.end(page);
  return all;
}

/** Its words and names, replaced. */
function withText(story: Story, text: string): Story {
  const names = ['subject', 'text', 'label', 'lane', 'gate', 'seen', 'by', 'stands', 'why', 'next', 'workflowId'];
  return JSON.parse(JSON.stringify(story), (key, value: unknown) => {
    return names.includes(key) && typeof value === 'string' ? `${text}${key}` : value;
  }) as Story;
}

const times = fc.oneof(fc.integer({ min: 0, max: 10_000 }), fc.integer({ min: -7e15, max: 7e15 }));
const tones = fc.constantFrom<Tone>('good', 'bad', 'waiting', 'said', 'plain');
const numbers = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(0, -1, 1e-300, 1e300));
const points: fc.Arbitrary<GatePoint> = fc.record({
  at: times,
  value: fc.option(numbers),
  ok: fc.boolean(),
  side: fc.constantFrom('red', 'black', null),
  seen: fc.string({ unit: 'binary' }),
});
const stories: fc.Arbitrary<Story> = fc.record({
  kind: fc.constantFrom('deployment', 'group', 'sync', 'docs', 'guard', 'reset', 'other'),
  subject: fc.string({ unit: 'binary' }),
  workflowId: fc.string(),
  workflowType: fc.string(),
  runIds: fc.array(fc.string()),
  startedAt: times,
  endedAt: fc.option(times),
  outcome: fc.oneof(fc.constantFrom('promoted', 'running', '__proto__'), fc.string()),
  tone: tones,
  by: fc.option(fc.string()),
  sentences: fc.array(fc.record({ at: times, text: fc.string({ unit: 'binary' }), tone: tones, detail: fc.boolean() })),
  waitsFor: fc.array(fc.string(), { maxLength: 2 }),
  ending: fc.record({
    stands: fc.option(fc.string()),
    why: fc.option(fc.string()),
    caches: fc.option(fc.string()),
    next: fc.option(fc.string()),
    failure: fc.option(fc.string()),
  }),
  pictures: fc.record({
    shares: fc.array(fc.record({ at: times, share: fc.integer({ min: 0, max: 100 }) }), { maxLength: 5 }),
    gates: fc.array(
      fc.record({
        gate: fc.string(),
        unit: fc.constantFrom('ms', ''),
        failWhen: fc.option(fc.record({ operator: fc.constantFrom('>', '>=', '<', '<='), bound: numbers })),
        points: fc.array(points, { maxLength: 8 }),
      }),
      { maxLength: 2 },
    ),
    spans: fc.array(
      fc.record({ lane: fc.string(), label: fc.string(), from: times, to: fc.option(times), tone: tones }),
      { maxLength: 6 },
    ),
    counts: fc.array(fc.record({ kind: fc.string(), planned: fc.nat(), applied: fc.nat() }), { maxLength: 5 }),
  }),
  notes: fc.array(fc.string(), { maxLength: 2 }),
});
