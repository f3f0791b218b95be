import { hashSets, type RecordSets } from './record-set.ts';

/** Types that can be moved: those that say where a name leads. */
export const MOVABLE: readonly string[] = ['A', 'AAAA', 'CNAME'];

/** What one deployment can move. */
const TYPES_OF_A_RUN = [['A'], ['AAAA'], ['CNAME'], ['A', 'AAAA']] as const;

export const ofTypes = (sets: RecordSets, types: readonly string[]): RecordSets =>
  sets.filter(({ type }) => types.includes(type));

/** The types that a run moves whose sets have this hash; null: there are none. */
export function typesHashed(sets: RecordSets, hash: string): readonly string[] | null {
  return TYPES_OF_A_RUN.find((types) => hashSets(ofTypes(sets, types)) === hash) ?? null;
}
