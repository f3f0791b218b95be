/** One request, admitted: who asks, what they see, and what they may change. */
import type { Task } from './resources.ts';
import type { Actor, World } from './world.ts';
import type { Counted, TodoistLimits } from './limits.ts';
import type { Memory } from './memory.ts';
import type { Arguments } from './task-fields.ts';

export interface Call {
  readonly world: World;
  readonly memory: Memory;
  readonly actor: Actor;
  readonly limits: TodoistLimits;
  /** The newest change that reads show now. */
  readonly visible: () => number;
  readonly query: URLSearchParams;
  readonly args: Arguments;
  /** The open part of the path. */
  readonly id: string;
  readonly count: (kind: Counted) => void;
  /** As it is served: a task may have been broken on purpose. */
  readonly served: (task: Task) => Readonly<Record<string, unknown>>;
}

/** What is answered; undefined: 204 without a body. */
export type Operation = (call: Call) => Readonly<Record<string, unknown>> | undefined;
