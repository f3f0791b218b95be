import { createNotifyActivities } from '../../src/activities/notify.ts';
import { loadConfig } from '../../src/config.ts';
import type { NotifyActivities, NotifyPace, NotifyRequest } from '../../src/contracts/notify.ts';
import { NOTICE_EVENTS, type NoticeEvent } from '../../src/core/notify/notice.ts';
import type { NotifyTarget } from '../../src/core/notify/target.ts';
import { startNotify, type NotifyStandIn } from '../../sandbox/notify/stand-in.ts';

/** The activity that tells, on one worker for many receivers: the target's name says which of them is meant. */
export interface NotifyHall {
  readonly activities: NotifyActivities;
  /** Receivers of their own. */
  open(): Promise<Told>;
  close(): Promise<void>;
}

/** The receivers of one test. */
export interface Told {
  readonly standIn: NotifyStandIn;
  /** Tells a webhook of everything, unless told otherwise. */
  request(targets?: readonly Wish[], pace?: Partial<NotifyPace>): NotifyRequest;
  /** What the webhook was told, oldest first: `step www.example.com: 10 % to black`; what came again under its id is dropped, as receivers do. */
  events(): readonly string[];
}

interface Wish {
  readonly format: NotifyTarget['format'];
  readonly on?: readonly NoticeEvent[];
}

/** Of production, a hundred times faster. */
const FAST: NotifyPace = {
  remindMs: 400,
  giveUpAfterMs: 2_000,
  lastWordsMs: 3_000,
  retry: { firstMs: 50, maxMs: 200 },
};

export function openNotifyHall(): NotifyHall {
  const halls: { readonly standIn: NotifyStandIn; readonly activities: NotifyActivities }[] = [];
  return {
    activities: {
      notify: (input) => {
        const at = Number(/^t(\d+)-/.exec(input.target.name)?.[1]);
        const hall = halls[at];
        if (hall === undefined) throw new Error(`no receiver is called ${input.target.name}`);
        return hall.activities.notify(input);
      },
    },
    open: async () => {
      const standIn = await startNotify();
      const config = loadConfig(standIn.env());
      const prefix = `t${halls.length}`;
      halls.push({ standIn, activities: createNotifyActivities({ config, exchangeMs: 300 }) });
      return {
        standIn,
        request: (targets = [{ format: 'webhook' }], pace = {}) => ({
          targets: targets.map((wish) => targetOf(standIn, `${prefix}-${wish.format}`, wish)),
          ui: 'https://ui.example.com',
          pace: { ...FAST, ...pace },
        }),
        events: () =>
          standIn.receiver.received
            .filter(({ id }, index, all) => all.findIndex((one) => one.id === id) === index)
            .map(({ message }) => `${String(message['event'])} ${String(message['title'])}`),
      };
    },
    close: async () => void (await Promise.all(halls.map(({ standIn }) => standIn.close()))),
  };
}

function targetOf({ url }: NotifyStandIn, name: string, { format, on = NOTICE_EVENTS }: Wish): NotifyTarget {
  switch (format) {
    case 'slack':
      return { name, format, on, secret: 'slack-hook' };
    case 'pagerduty':
      return { name, format, on, secret: 'pagerduty-key', url: `${url}/v2/enqueue` };
    case 'webhook':
      return { name, format, on, secret: 'hook-secret', url: `${url}/hook` };
  }
}
