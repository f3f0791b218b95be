import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removeTree, sealTree } from '../../../src/activities/docs/durable.ts';

describe('removing a tree', () => {
  test('several at once remove a tree that is read-only, and none of them fails', async () => {
    const tree = join(await mkdtemp(join(tmpdir(), 'switchyard-durable-')), 'tree');
    for (let folder = 0; folder < 60; folder += 1) {
      const path = join(tree, `folder-${folder}`, 'deeper');
      await mkdir(path, { recursive: true });
      await writeFile(join(path, 'page.html'), 'a page');
    }
    await sealTree(tree);
    await Promise.all([1, 2, 3, 4].map(() => removeTree(tree)));
    expect(existsSync(tree)).toBe(false);
  });
});
