import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

type Labels = Readonly<Record<string, string>>;
type MetricDescription = { readonly name: string; readonly help: string; readonly labels?: readonly string[] };

export type Metrics = {
  counter(description: MetricDescription): { add(labels?: Labels, amount?: number): void };
  gauge(description: MetricDescription): { set(value: number, labels?: Labels): void };
  /** A gauge that is read when Prometheus asks. */
  observedGauge(description: MetricDescription & { read(): number }): void;
  /** The same with labels: what is not read any more is gone. */
  observedGauges(description: MetricDescription & { read(): readonly { readonly labels: Labels; readonly value: number }[] }): void;
  histogram(description: MetricDescription & { readonly buckets: readonly number[] }): { observe(value: number, labels?: Labels): void };
  /** Node's own: memory, event loop, garbage collection. Their timers are the library's, so only the running platform turns them on. */
  collectProcess(): void;
  /** The page for /metrics and its content type. */
  page(): Promise<{ readonly contentType: string; readonly text: string }>;
};

/** Durations in seconds, from a commit's fraction of a millisecond to a HIS that needs half a minute. */
export const DURATION_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30] as const;

/** A Prometheus registry of our own: names begin with `hospay_`, labels are declared, personal data is never a label. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const shape = ({ name, help, labels = [] }: MetricDescription) => {
    if (!/^hospay_[a-z][a-z0-9_]*$/.test(name)) throw new Error(`a metric's name begins with hospay_ and is lower case: ${name}`);
    return { name, help, labelNames: [...labels], registers: [registry] };
  };
  return {
    counter(description) {
      const counter = new Counter(shape(description));
      return { add: (labels = {}, amount = 1) => counter.inc({ ...labels }, amount) };
    },
    gauge(description) {
      const gauge = new Gauge(shape(description));
      return { set: (value, labels = {}) => gauge.set({ ...labels }, value) };
    },
    observedGauge(description) {
      const gauge: Gauge = new Gauge({ ...shape(description), collect: (): void => gauge.set(description.read()) });
    },
    observedGauges(description) {
      const gauge: Gauge = new Gauge({
        ...shape(description),
        collect: (): void => {
          gauge.reset();
          for (const { labels, value } of description.read()) gauge.set({ ...labels }, value);
        },
      });
    },
    histogram(description) {
      const histogram = new Histogram({ ...shape(description), buckets: [...description.buckets] });
      return { observe: (value, labels = {}) => histogram.observe({ ...labels }, value) };
    },
    collectProcess() {
      collectDefaultMetrics({ register: registry, prefix: 'hospay_' });
    },
    async page() {
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
  };
}
