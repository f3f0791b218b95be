import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Whether a process of this number exists (a zombie does not count where /proc tells). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
  return !/^\d+ \(.*\) Z/s.test(readProc(pid, 'stat') ?? '');
}

/**
 * When a process began, in words that two processes of the same number never share: numbers are used again, soon in a
 * container, and after every boot. Undefined when there is no such process.
 */
export function startOf(pid: number): string | undefined {
  if (!isAlive(pid)) return undefined;
  if (!existsSync('/proc/self/stat')) return ask('ps', ['-o', 'lstart=', '-p', String(pid)]);
  // The name in the second field may hold spaces and brackets; field 22, the start in clock ticks since boot, is the 20th after it.
  const ticks = readProc(pid, 'stat')
    ?.replace(/^.*\) /s, '')
    .split(' ')[19];
  return ticks === undefined ? undefined : `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}+${ticks}`;
}

/** The command line of a process, joined by spaces; undefined when there is no such process. */
export function commandOf(pid: number): string | undefined {
  if (!isAlive(pid)) return undefined;
  if (!existsSync('/proc/self/stat')) return ask('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
  return readProc(pid, 'cmdline')?.replaceAll('\0', ' ').trim();
}

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined; // gone since, or no /proc here
  }
}

function ask(command: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() || undefined;
  } catch {
    return undefined;
  }
}
