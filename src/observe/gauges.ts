import type { MetricMeter, MetricTags } from '@temporalio/common';

/** One value with its labels. */
export interface Seen<Labels extends MetricTags = MetricTags> {
  readonly labels: Labels;
  readonly value: number;
}

/** What is true now, in the exporter of this process. */
export interface StateGauge {
  /** Makes the gauge say this and nothing else. */
  readonly show: (seen: readonly Seen[]) => void;
}

export interface GaugeOptions {
  readonly name: string;
  readonly description: string;
  /** What is said of what is not seen any more: the exporter forgets no series. NaN, where no value would be true: no comparison holds of it. */
  readonly gone: number;
}

export function stateGauge(meter: MetricMeter, { name, description, gone }: GaugeOptions): StateGauge {
  const gauge = meter.createGauge(name, 'float', undefined, description);
  const shown = new Map<string, MetricTags>();
  return {
    show: (seen) => {
      const left = new Map(shown);
      for (const { labels, value } of seen) {
        const key = JSON.stringify(Object.entries(labels).sort());
        left.delete(key);
        shown.set(key, labels);
        gauge.set(value, labels);
      }
      for (const labels of left.values()) gauge.set(gone, labels);
    },
  };
}
