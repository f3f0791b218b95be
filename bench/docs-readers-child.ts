/** Readers in a process of their own: each asks for a page, again and again, and looks whether it is whole. */
import type { Readers } from './docs-readers.ts';

const [url = '', count = '1'] = process.argv.slice(2);
let reads = 0;
let misses = 0;
let stopped = false;

/** A page says the name of its release at both ends. */
async function read(): Promise<void> {
  while (!stopped) {
    const whole = await fetch(url).then(isWhole, () => false);
    reads += 1;
    if (!whole) misses += 1;
  }
}

async function isWhole(answer: Response): Promise<boolean> {
  const text = await answer.text();
  const [first, last] = [text.split('\n')[0], text.trimEnd().split('\n').at(-1)];
  return answer.ok && first === last && first !== '';
}

process.once('message', () => void (stopped = true));
process.once('disconnect', () => process.exit(0));
const reading = Promise.all(Array.from({ length: Number(count) }, read));
process.send?.('reading');
await reading;
process.send?.({ reads, misses } satisfies Awaited<ReturnType<Readers['stop']>>, () => process.disconnect());
