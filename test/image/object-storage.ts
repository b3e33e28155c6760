/** The hospital's object storage, on this host and behind TLS, and how a machine is told of it. */
import { startS3Server } from '../contract/backup-servers.js';
import { startTlsFront } from './tls-front.js';
import { HOST_SEEN_FROM_INSIDE } from './virtual-machine.js';

const SECRET = 'HOSPAY_BACKUP_STORAGE_SECRET';

export type ObjectStorage = Awaited<ReturnType<typeof startObjectStorage>>;

export async function startObjectStorage() {
  const { server, place: { protocol: _, secretAccessKey, ...account } } = await startS3Server();
  const front = await startTlsFront({ to: server.port, address: HOST_SEEN_FROM_INSIDE });
  const place = { ...account, endpoint: `https://${HOST_SEEN_FROM_INSIDE}:${String(front.port)}` };
  return {
    /** What must be trusted to believe it. */
    authorityPem: front.authorityPem,
    /** As a configuration has it, which names its secret; and that, for an answers file. */
    target: { id: 's3', s3: { ...place, secretAccessKey: { secret: SECRET } } },
    secrets: { [SECRET]: secretAccessKey },
    /** For a machine that has no configuration yet, and so no secrets of that name. */
    from: { s3: { ...place, secretAccessKey } },
    /** Requests so far, each with its method and address. */
    requests: (): readonly string[] => server.state.requests,
    /** How long the set is that lies there; undefined where there is none of that name. */
    bytesOf: (set: string): number | undefined => server.objects.get(`${account.prefix ?? ''}/${set}`)?.bytes.length,
    async stop(): Promise<void> {
      front.stop();
      await server.stop();
    },
  };
}
