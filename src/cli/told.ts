import { EXIT, type ExitCode } from './exit-codes.ts';
import { problem, Stop, type Problem } from './stop.ts';

/** How a command that threw ends: what the operator is told, and the exit code; what nobody foresaw is a fault of the client itself. */
export function told(cause: unknown): { readonly exit: ExitCode; readonly problems: readonly Problem[] } {
  if (cause instanceof Stop) return cause;
  if (isConfigError(cause)) return { exit: EXIT.usage, problems: cause.problems.map((sentence) => problem(sentence)) };
  if (isNamed(cause, 'ServerLost') || isNamed(cause, 'EmbeddedFailure'))
    return { exit: EXIT.unreachable, problems: [problem(cause.message)] };
  const words = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
  return {
    exit: EXIT.fault,
    problems: [
      problem(`a fault of this client: ${words}`, null, 'run it again with --verbose and report what it says'),
    ],
  };
}

function isConfigError(cause: unknown): cause is Error & { readonly problems: readonly string[] } {
  return isNamed(cause, 'ConfigError') && 'problems' in cause;
}

/** By name, so that the modules which declare them are loaded only where they are used. */
function isNamed(cause: unknown, name: string): cause is Error {
  return cause instanceof Error && cause.name === name;
}
