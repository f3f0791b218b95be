/** What an undo was asked to bring back, as its memo keeps it: the same words are the same undo. */
export const undoWords = (toRevision: number | null): string =>
  toRevision === null ? 'what stood before' : `revision ${toRevision}`;
