import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { LogConfig } from './config.ts';
import { errorFields } from './log-fields.ts';

export type { Logger } from 'pino';

/** Log lines for operators, on standard output: JSON, or pretty on a terminal. No threads, so that the last lines before an exit are written too. */
export function createLogger(config: LogConfig, isTerminal: boolean): Logger {
  const format = config.format ?? (isTerminal ? 'pretty' : 'json');
  const options = { level: config.level, base: { program: 'switchyard' }, serializers: { err: errorFields } };
  if (format === 'json') return pino(options, pino.destination({ sync: true }));
  return pino(
    options,
    pretty({ sync: true, colorize: isTerminal, ignore: 'pid,hostname,program', translateTime: 'UTC:HH:MM:ss Z' }),
  );
}
