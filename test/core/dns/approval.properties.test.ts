import fc from 'fast-check';
import { refuseDecision, type Decided, type OpenApproval } from '../../../src/core/dns/approval.ts';

/** What no example can show: whatever is opened, let go and decided, in whatever order, nothing is decided twice, late or by somebody else. */

type Move =
  | { readonly kind: 'opens'; readonly by: readonly string[] }
  | { readonly kind: 'runs out' }
  | { readonly kind: 'decides'; readonly by: string; readonly number: number | null };

const ann = 'ann@example.com';
const PEOPLE = [ann, 'bob@example.com', 'eve@example.org'];
const moves = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('opens' as const),
      by: fc.constantFrom<readonly string[]>(['*'], ['*@example.com'], [ann], [ann, '*.org'], []),
    }),
    fc.constant({ kind: 'runs out' } as const),
    fc.record({
      kind: fc.constant('decides' as const),
      by: fc.constantFrom(...PEOPLE),
      number: fc.option(fc.integer({ min: 1, max: 5 })),
    }),
  ),
  { maxLength: 20 },
);

/** Who may decide by a pattern of those above, told without the code that is tested. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  '*': PEOPLE,
  '*@example.com': PEOPLE.filter((one) => one.endsWith('.com')),
  [ann]: [ann],
  '*.org': PEOPLE.filter((one) => one.endsWith('.org')),
};

interface Taken {
  readonly open: OpenApproval;
  readonly by: string;
  readonly asked: number | null;
}

/** The decisions that were taken, each with what was open then. */
function play(all: readonly Move[]): readonly Taken[] {
  let open: OpenApproval | null = null;
  const [decided, taken]: [Decided[], Taken[]] = [[], []];
  let number = 0;
  for (const [at, move] of all.entries()) {
    if (move.kind === 'opens') open = { number: (number += 1), of: 'promotion', by: move.by, since: at, until: at + 1 };
    else if (move.kind === 'runs out') open = null;
    else if (refuseDecision(open, decided, { ...move, reason: '' }) === null) {
      if (open === null) throw new Error('a decision was taken while nothing was open');
      taken.push({ open, by: move.by, asked: move.number });
      decided.push({ number: open.number, of: open.of, decision: 'approved', by: move.by, reason: '', at });
      open = null;
    }
  }
  return taken;
}

test('no approval is decided twice, once it has run out, or in the place of another one', () => {
  fc.assert(
    fc.property(moves, (all) => {
      const taken = play(all);
      expect(new Set(taken.map(({ open }) => open.number)).size).toBe(taken.length);
      for (const { open, asked } of taken) expect(asked ?? open.number).toBe(open.number);
    }),
  );
});

test('no approval is decided by somebody who may not', () => {
  fc.assert(
    fc.property(moves, (all) => {
      for (const { open, by } of play(all)) expect(open.by.flatMap((pattern) => MAY[pattern] ?? [])).toContain(by);
    }),
  );
});

test('whoever may decide what is open is never kept from it by what was decided before', () => {
  fc.assert(
    fc.property(moves, (all) => {
      const opened = all.filter(({ kind }) => kind === 'opens').length + 1;
      const after = [...all, { kind: 'opens', by: ['*'] } as const];
      for (const number of [null, opened])
        expect(play([...after, { kind: 'decides', by: ann, number }])).toHaveLength(play(all).length + 1);
    }),
  );
});
