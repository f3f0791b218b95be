import type { FaultName } from './faults-table.ts';
import { ofApi, strike, type ApiTarget, type Strike, type Target } from './faults-strike.ts';
import type { MendCell, MendFaultName } from './mend-faults-table.ts';
import type { TemporalRelay } from './temporal-relay.ts';

export interface MendTarget extends Target {
  /** The way on which its activities ask Temporal; null where the cell leaves that alone. */
  readonly relay: TemporalRelay | null;
  /** Another deployment of the record begins, as after a reset by hand, and holds at 50 %. */
  readonly takeOver: () => Promise<void>;
}

/** Prepares the fault of a cell; it strikes when the guard or the reset comes by. */
export function strikeMending(cell: MendCell, target: MendTarget): Strike {
  const { name } = cell.fault;
  const struck = { ...cell, row: { ...cell.row, which: '' } };
  if (isOwn(name)) return OWN[name]({ ...target, cell: struck });
  return strike({ ...struck, fault: { name } }, target);
}

type OwnName = Exclude<MendFaultName, FaultName>;
type Prepare = (target: MendTarget & Pick<ApiTarget, 'cell'>) => Strike;

const isOwn = (name: MendFaultName): name is OwnName => Object.hasOwn(OWN, name);

const OWN: Readonly<Record<OwnName, Prepare>> = {
  'another deployment takes over in between': (target) => ofApi({ kind: 'meanwhile', run: target.takeOver })(target),
  'somebody else writes the fence in between': (target) =>
    ofApi({ kind: 'meanwhile', run: () => writeFenceByHand(target) })(target),
  'done, and Temporal does not hear of it': ({ aim }) => {
    let fired = 0;
    aim.onDone = () => {
      fired += 1;
      if (fired === 1) throw new Error('the worker was gone before it could say so');
    };
    return { fired: () => fired, heal: () => undefined, land: () => Promise.resolve() };
  },
  'Temporal refuses': ofTemporal((relay) => relay.refuse()),
  'Temporal is silent': ofTemporal((relay) => relay.silence()),
  'Temporal answers late': ofTemporal((relay) => relay.delay(300)),
};

/** What a newer Switchyard would write: a fence that this one does not know. */
export const THEIR_FENCE = '"v=2 of=somebody-else"';

function writeFenceByHand({ rig: { sandbox, zoneId, record } }: MendTarget): void {
  sandbox.route53.put(zoneId, {
    Name: `_switchyard.${record}.`,
    Type: 'TXT',
    TTL: 60,
    ResourceRecords: [{ Value: THEIR_FENCE }],
  });
}

/** Temporal fails for as long as the activity runs, or from then on. */
function ofTemporal(fail: (relay: TemporalRelay) => void): Prepare {
  return ({ cell, aim, relay }) => {
    if (relay === null) throw new Error('this cell asks Temporal on no way of its own');
    let fired = 0;
    let healed = false;
    const heal = (): void => {
      healed = true;
      relay.heal();
    };
    aim.onHit = () => {
      if (healed) return;
      fired += 1;
      fail(relay);
    };
    if (cell.times === 'once') aim.onDone = heal;
    return { fired: () => fired, heal, land: () => Promise.resolve() };
  };
}
