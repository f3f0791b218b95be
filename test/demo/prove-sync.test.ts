import { syncDisproved, syncProofLines, type SyncProof } from '../../demo/prove-sync.ts';

const proof = (part: Partial<SyncProof> = {}): SyncProof => ({
  tasks: 3,
  copiesOfEach: [1, 1, 1],
  closed: 2,
  idleWrites: 0,
  broken: [],
  ...part,
});

test('the proof counts what stands in both services', () => {
  expect(syncProofLines(proof())).toEqual([
    'Todoist      3 open tasks; 2 were closed because somebody completed their copies',
    'To Do        3 of them there exactly once, 0 otherwise',
    'again        0 writes where nothing had changed',
  ]);
});

test('a scene that ended as it should has nothing against it', () => {
  expect(syncDisproved(proof(), { tasks: 3, closed: 2 })).toEqual([]);
});

test.each([
  ['a task is missing in To Do (S1)', { copiesOfEach: [1, 0, 1] }, 'expected one open copy of each task, found 0'],
  ['a task is there twice (S1)', { copiesOfEach: [1, 2, 1] }, 'expected one open copy of each task, found 2'],
  ['a rerun writes (S2)', { idleWrites: 4 }, 'expected no write where nothing had changed, found 4'],
  ['a completion was lost', { closed: 1 }, 'closed: expected 2, found 1'],
  ['a task was lost in Todoist', { tasks: 2 }, 'tasks: expected 3, found 2'],
  ['the observer saw something (S3)', { broken: ['S3: edit of 7 in Todoist'] }, 'S3: edit of 7 in Todoist'],
])('a scene fails when %s', (_name, part, says) => {
  expect(syncDisproved(proof(part), { tasks: 3, closed: 2 })).toEqual([says]);
});
