/** Newest first; every part is closed even when another one cannot be. */
export async function closeAll(undo: (() => Promise<void>)[]): Promise<void> {
  const failed: unknown[] = [];
  for (const close of undo.splice(0).reverse()) {
    await close().catch((cause: unknown) => failed.push(cause));
  }
  if (failed.length > 0) throw new AggregateError(failed, 'part of the sandbox did not close');
}
