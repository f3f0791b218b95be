/**
 * One line without what cannot be seen and can mislead: controls, bidi marks and overrides, zero width characters, lone surrogates and
 * noncharacters. Joiners between letters or emoji and the tags of a flag stay, because without them the text reads differently.
 */
export function removeUnseen(line: string): string {
  return line.replace(UNSEEN, '').replace(TAGS, '$1').replace(LOOSE_JOINERS, '');
}

/** Format characters that are seen (signs in front of Arabic, Syriac and Kaithi numbers), and those that are judged one by one. */
const KEPT = String.raw`[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}\u200c-\u200d\u{e0020}-\u{e007f}]`;
const UNSEEN = new RegExp(String.raw`(?!${KEPT})[\p{Cc}\p{Cf}\p{Cs}\p{Noncharacter_Code_Point}]`, 'gu');
/** A flag such as that of Scotland is a black flag, tags that spell the region, and an end. */
const TAGS = /(\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]+\u{e007f})|[\u{e0020}-\u{e007f}]/gu;
const JOINABLE = String.raw`[\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}]`;
const LOOSE_JOINERS = new RegExp(String.raw`(?<!${JOINABLE})[\u200c-\u200d]|[\u200c-\u200d](?!${JOINABLE})`, 'gu');
