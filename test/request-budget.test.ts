import { createRequestBudget } from '../src/request-budget.ts';

test('a clock that is set back an hour stops no request: rollbacks waited until it had caught up (D3)', async () => {
  const wall = Date.now.bind(Date);
  const budget = createRequestBudget({ burst: 1, perSecond: 20 });
  await budget.turn();
  Date.now = () => wall() - 3_600_000;
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise((resolve) => (timer = setTimeout(resolve, 2_000, 'it waits')));
    expect(await Promise.race([budget.turn().then(() => 'it may go'), late])).toBe('it may go');
  } finally {
    Date.now = wall;
    clearTimeout(timer);
  }
});
