import { ROLE_NAME } from '../../role-bindings.ts';
import { problem } from '../stop.ts';
import { parsed, quoted, rejected, type Parsed } from './parsed.ts';

/** A name that `SWITCHYARD_ROLES` binds, never an ARN (A4). */
export function parseRoleName(text: string, flag: string): Parsed<string> {
  if (ROLE_NAME.test(text)) return parsed(text);
  return rejected(
    problem(`${flag}: ${quoted(text)} is no name of a role`, 'small letters, digits and -, such as route53-net'),
  );
}
