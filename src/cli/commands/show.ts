import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Story } from '../../core/story/story.ts';
import { examples, type AddVerb } from '../command.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { must } from '../must-read.ts';
import { quoted } from '../parse/parsed.ts';
import { isRunId, parseRunName, type WantedRun } from '../parse/run-name.ts';
import { ADDRESS_OPTION, NAMESPACE_OPTION } from '../place-options.ts';
import { readStory, storyOfFile } from '../read-story.ts';
import { storyLines } from '../render-story.ts';
import { problem, Stop } from '../stop.ts';
import { lastWords } from '../temporal-client.ts';
import { uiLink, type PlaceFlags } from '../temporal-place.ts';
import type { Terminal } from '../terminal.ts';
import { JSON_OPTION } from '../verb-options.ts';
import { withTemporal } from '../with-temporal.ts';

export const addShow: AddVerb = (program, { terminal, does }) => {
  program
    .command('show <run> [run-id]')
    .description(
      'what happened in a run, in sentences and pictures: of a running one and of an ended one, without any worker',
    )
    .option('--details', 'also what is only for a close look')
    .option('--html <file>', 'also writes it as one page with pictures, which needs nothing beside itself')
    .option(...JSON_OPTION)
    .option(...ADDRESS_OPTION)
    .option(...NAMESPACE_OPTION)
    .addHelpText(
      'after',
      [
        '',
        'RUN is whatever you have at hand: a record, group/G, sync/PAIR or docs/SITE (its newest run, or the one with that run id),',
        'a workflow id, a run id, the page of a run in the UI, or a history in a file, as `temporal workflow show -o json` writes it.',
      ].join('\n'),
    )
    .addHelpText(
      'after',
      examples(
        'show www.example.com',
        'show www.example.com --html what-happened.html',
        'show sync/tasks --details',
        'show 01a22cb8-a69e-7197-9893-1ca8e15efde2 --json',
      ),
    )
    .action(does((run, runId, flags) => show(terminal, { run, runId, flags })));
};

interface ShowFlags extends PlaceFlags {
  readonly details?: true | undefined;
  readonly json?: true | undefined;
  readonly html?: string | undefined;
}

interface Asked {
  readonly run: string;
  readonly runId: string | undefined;
  readonly flags: ShowFlags;
}

async function show(terminal: Terminal, { run, runId, flags }: Asked): Promise<ExitCode> {
  const wanted = withRunId(must(parseRunName(run)), runId);
  if (wanted.kind === 'file') {
    return tell(terminal, { story: await mustReadFile(terminal, wanted.path), link: null, flags });
  }
  const namespace = flags.namespace ?? wanted.namespace ?? undefined;
  return withTemporal(terminal, { ...flags, namespace }, async (temporal) => {
    const story = await readStory(temporal, wanted);
    const link = uiLink(temporal.place, story.workflowId, story.runIds.at(-1));
    return tell(terminal, { story, link, flags });
  });
}

function withRunId(wanted: WantedRun, runId: string | undefined): WantedRun {
  if (runId === undefined) return wanted;
  if (!isRunId(runId))
    throw new Stop(EXIT.usage, [
      problem(`${quoted(runId)} is no run id`, 'such as 01a22cb8-a69e-7197-9893-1ca8e15efde2'),
    ]);
  if (wanted.kind === 'file')
    throw new Stop(EXIT.usage, [problem('a file holds one run: no run id is taken beside it')]);
  return { ...wanted, runId };
}

async function mustReadFile(terminal: Terminal, path: string): Promise<Story> {
  const accepted = 'a history as JSON: temporal workflow show -w ID -o json > history.json';
  let text: string;
  try {
    text = await readFile(resolve(terminal.cwd, path), 'utf8');
  } catch (cause) {
    throw new Stop(EXIT.usage, [problem(`${quoted(path)} cannot be read`, accepted)], cause);
  }
  const story = storyOfFile(parse(text), Date.now());
  if (story === null) throw new Stop(EXIT.usage, [problem(`${quoted(path)} is no history of a run`, accepted)]);
  return story;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

interface Told {
  readonly story: Story;
  readonly link: string | null;
  readonly flags: ShowFlags;
}

async function tell(terminal: Terminal, { story, link, flags }: Told): Promise<ExitCode> {
  if (flags.html !== undefined) await writePage(terminal, flags.html, { story, link });
  if (flags.json === true) terminal.document(JSON.stringify({ schemaVersion: 1, link, story }, null, 2));
  else {
    const view = { paint: terminal.paint, link, details: flags.details === true };
    for (const line of storyLines(story, view)) terminal.out(line);
  }
  return EXIT.done;
}

/** What draws is loaded only here: hardly any call needs it. */
async function writePage(terminal: Terminal, file: string, { story, link }: Omit<Told, 'flags'>): Promise<void> {
  const { drawPage } = await import('../page/draw-page.ts');
  try {
    await writeFile(resolve(terminal.cwd, file), drawPage(story, { link, now: Date.now() }));
  } catch (cause) {
    throw new Stop(EXIT.usage, [problem(`--html: ${quoted(file)} cannot be written: ${lastWords(cause)}`)], cause);
  }
  terminal.err(`the page is in ${file}`);
}
