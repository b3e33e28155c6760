import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { tool } from '../tool.js';

/** What only a machine needs, and the link that a container's host lays its own file over. */
const NOT_IN_A_CONTAINER = ['./usr/lib/modules', './usr/lib/firmware', './boot', './etc/resolv.conf'];
/** What the core writes; the first three are volumes. */
const OWN_FOLDERS = ['state', 'var/lib/hospay', 'var/lib/hospay-files', 'run/hospay'];
/** `hospay` of sysusers.d, by number: whoever runs the container need not read its files. */
const USER = 700;
const PORTS = [1883, 8080, 8090];

type Descriptor = { readonly mediaType: string; readonly digest: string; readonly size: number };

/**
 * Writes an OCI archive (image-layout 1.0.0 as a tar) that `podman load`, `docker load` (25 or later) and `skopeo copy oci-archive:` read. Written here and not by buildah: it is four small JSON files and
 * two tars, needs no storage of containers and no namespaces where it is built, and the same root gives the same bytes.
 * @param root the root file system, a folder
 */
export async function writeOciArchive({ root, file, version, epoch }: { readonly root: string; readonly file: string; readonly version: string; readonly epoch: number }): Promise<void> {
  const folder = `${file}.layout`;
  const blobs = join(folder, 'blobs/sha256');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(blobs, { recursive: true });
  const owned = `${file}.owned`;
  for (const path of OWN_FOLDERS) mkdirSync(join(owned, path), { recursive: true, mode: 0o700 });
  const layers = [
    await layer(blobs, epoch, ['-C', root, ...NOT_IN_A_CONTAINER.map((path) => `--exclude=${path}`), ...OWN_FOLDERS.map((path) => `--exclude=./${path}`), '.']),
    await layer(blobs, epoch, [`--owner=${String(USER)}`, `--group=${String(USER)}`, '-C', owned, ...OWN_FOLDERS]),
  ];
  rmSync(owned, { recursive: true });
  const config = writeBlob(blobs, 'application/vnd.oci.image.config.v1+json', configOf(version, epoch, layers.map(({ diffId }) => diffId)));
  const manifest = writeBlob(blobs, 'application/vnd.oci.image.manifest.v1+json', { schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', config, layers: layers.map(({ descriptor }) => descriptor) });
  const named = { ...manifest, platform: { architecture: 'amd64', os: 'linux' }, annotations: { 'org.opencontainers.image.ref.name': version, 'io.containerd.image.name': `docker.io/hospay/hospay:${version}` } };
  writeFileSync(join(folder, 'index.json'), JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.index.v1+json', manifests: [named] }));
  writeFileSync(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  tool('tar', [...steadyTar(epoch), '--owner=0', '--group=0', '--mode=u=rwX,go=rX', '-cf', file, '-C', folder, 'oci-layout', 'index.json', 'blobs']);
  rmSync(folder, { recursive: true });
}

/** How the core runs in a container: as its user, with its state and its data on volumes. */
function configOf(version: string, epoch: number, diffIds: readonly string[]): object {
  const created = new Date(epoch * 1000).toISOString();
  return {
    created,
    architecture: 'amd64',
    os: 'linux',
    config: {
      User: `${String(USER)}:${String(USER)}`,
      ExposedPorts: Object.fromEntries(PORTS.map((port) => [`${String(port)}/tcp`, {}])),
      Env: ['PATH=/usr/sbin:/usr/bin', 'NODE_ENV=production', 'LC_ALL=C.UTF-8'],
      Entrypoint: ['/opt/hospay/bin/node', '/opt/hospay/appliance/dist/box/lay-out-elsewhere.js', '--state', '/state', '--run', '/run/hospay', '--start-core'],
      Volumes: Object.fromEntries(OWN_FOLDERS.slice(0, 3).map((path) => [`/${path}`, {}])),
      WorkingDir: '/var/lib/hospay',
      StopSignal: 'SIGTERM',
      Labels: { 'org.opencontainers.image.title': 'hospay', 'org.opencontainers.image.version': version, 'org.opencontainers.image.created': created, 'org.opencontainers.image.licenses': 'Apache-2.0' },
    },
    rootfs: { type: 'layers', diff_ids: diffIds },
    history: diffIds.map(() => ({ created, created_by: 'hospay' })),
  };
}

/** A tar, packed by gzip, which every host reads; its digests are of both, as the format has it. */
async function layer(blobs: string, epoch: number, what: readonly string[]): Promise<{ readonly descriptor: Descriptor; readonly diffId: string }> {
  const draft = join(blobs, 'layer.tar');
  const packed = `${draft}.gz`;
  tool('tar', [...steadyTar(epoch), '-cf', draft, ...what]);
  await pipeline(createReadStream(draft), createGzip({ level: 9 }), createWriteStream(packed));
  const [diffId, digest] = [await sha256(draft), await sha256(packed)];
  rmSync(draft);
  renameSync(packed, join(blobs, digest));
  return { diffId: `sha256:${diffId}`, descriptor: { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: `sha256:${digest}`, size: statSync(join(blobs, digest)).size } };
}

/** The same files give the same tar: sorted, one time, owners by number, no times of access. */
function steadyTar(epoch: number): string[] {
  return ['--sort=name', '--numeric-owner', `--mtime=@${String(epoch)}`, '--format=pax', '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime'];
}

function writeBlob(blobs: string, mediaType: string, value: object): Descriptor {
  const text = JSON.stringify(value);
  const digest = createHash('sha256').update(text).digest('hex');
  writeFileSync(join(blobs, digest), text);
  return { mediaType, digest: `sha256:${digest}`, size: Buffer.byteLength(text) };
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
