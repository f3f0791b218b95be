import { EXIT } from './exit-codes.ts';
import { mustReadFile } from './must-read-file.ts';
import { declaredSites, type DeclaredSite } from './site-policy.ts';
import { problem, Stop } from './stop.ts';
import type { Terminal } from './terminal.ts';

/**
 * A site of the `switchyard.yaml` in force.
 *
 * @throws Stop with exit 2 where there is no file, no such site in it, or a problem in it.
 */
export async function mustReadSite(terminal: Terminal, site: string, flag: string | undefined): Promise<DeclaredSite> {
  const sites = declaredSites(await mustReadFile(terminal, flag));
  const declared = sites.get(site);
  if (declared !== undefined) return declared;
  const known = [...sites.keys()].join(', ') || 'none is declared under docs:';
  throw new Stop(EXIT.usage, [problem(`there is no site ${site} in switchyard.yaml`, known)]);
}
