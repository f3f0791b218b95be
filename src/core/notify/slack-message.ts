import type { Notice } from './notice.ts';

/** The body of an incoming webhook of Slack: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export interface SlackMessage {
  readonly text: string;
}

/** Slack advises at most 4,000 characters, and cuts from 40,000 on. */
export function slackMessage(notice: Notice): SlackMessage {
  const { title, sentence, stands, next, link } = notice;
  const lines = [
    `*${escapeSlack(title, 500)}*`,
    escapeSlack(sentence, 1_400),
    ...(stands === null ? [] : [`now: ${escapeSlack(stands, 700)}`]),
    ...(next === null ? [] : [`next: ${escapeSlack(next, 700)}`]),
    ...(link === null || !LINKABLE.test(link) ? [] : [`<${link.replaceAll('&', '&amp;')}|the run in Temporal>`]),
  ];
  return { text: lines.join('\n') };
}

/** What stands between `<` and `|` must hold neither, or it would be another link, or a mention. */
const LINKABLE = /^https?:\/\/[^\s<>|]{1,500}$/;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/**
 * The three characters that Slack takes for links, mentions (`<!channel>`) and entities; never cut inside an entity.
 * @param max of the escaped text, the ellipsis included.
 */
export function escapeSlack(text: string, max: number): string {
  const parts = Array.from(text, (character) => ENTITIES[character] ?? character);
  const whole = parts.join('');
  if (whole.length <= max) return whole;
  let cut = '';
  for (const part of parts) {
    if (cut.length + part.length >= max) break;
    cut += part;
  }
  return `${cut}…`;
}
