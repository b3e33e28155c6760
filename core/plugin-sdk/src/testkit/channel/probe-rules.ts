import { ChannelBench, must } from './channel-bench.js';
import type { ChannelFault, ChannelRule, ChannelSubject } from './channel-subject.js';

/** What reaches the channel and proves nothing about its far side. */
const NOT_BELIEVED: readonly ChannelFault[] = ['forgedAnswer', 'unsignedAnswer', 'garbage', 'brokenConnectionAfterExecution'];

export const PROBE_RULES: readonly ChannelRule[] = [
  {
    id: 'probe.reachesFarSide',
    title: 'what a connection test asks is answered when the far side is there, and is unknown when it is not or its answer cannot be believed',
    needs: ['asking', 'control.unreachableChannel'],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      const there = await ask(bench, subject);
      must(there.kind !== 'unknown', 'the far side is there', there);
      const disturb = subject.channel.probe === undefined ? (fault: ChannelFault) => bench.failNext('query', fault) : subject.control.failProbe;
      for (const fault of disturb === undefined ? [] : (subject.control.faults ?? []).filter((known) => NOT_BELIEVED.includes(known))) {
        await disturb?.(fault);
        const said = await ask(bench, subject);
        must(said.kind === 'unknown', `after ${fault} nothing is known of the far side`, said);
      }
      const channel = await bench.far.unreachableChannel();
      const gone = await ask(new ChannelBench(subject, channel), { ...subject, channel });
      must(gone.kind === 'unknown', 'nobody is there, and nobody answers', gone);
    },
  },
];

/** As the host does it: by the probe, or about a number nobody used. */
function ask(bench: ChannelBench, { channel }: ChannelSubject): Promise<{ readonly kind: string }> {
  return channel.probe === undefined ? bench.query(bench.newOrder(100).tradeNo) : bench.probe();
}
