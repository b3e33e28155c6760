/** The example of a vendor's plugin on its way to a hospital: packed from its built folder and signed. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildPackage, CONFORMANCE_FILE, makeSigningKey, makeTrustList, readArchive, signPackage, signTrustList, type ConformanceReport, type SigningKey, type TrustListBody } from '@hospay/plugin-sdk/package';

const CITY_CARD = resolve(import.meta.dirname, '../../../plugins/examples/city-card');
export const PUBLISHER = 'City Card Example';

export type Vendor = {
  readonly key: SigningKey;
  /** Signed package. `change` edits the manifest, `edit` the built source of one file before packing. */
  pack(version: string, options?: { readonly manifest?: object; readonly edit?: (source: string) => string; readonly by?: SigningKey; readonly report?: ConformanceReport }): Promise<Uint8Array>;
  trustList(body?: Partial<TrustListBody>): string;
  readonly root: SigningKey;
};

export function makeVendor(): Vendor {
  const key = makeSigningKey();
  const root = makeSigningKey();
  return {
    key,
    root,
    async pack(version, { manifest = {}, edit, by = key, report } = {}) {
      // Inside the repository, so that the bundler finds the packages the plugin imports.
      const folder = mkdtempSync(join(CITY_CARD, '../.packing-'));
      try {
        cpSync(join(CITY_CARD, 'dist'), join(folder, 'dist'), { recursive: true, filter: (path) => !path.endsWith('.map') });
        writeFileSync(join(folder, 'package.json'), readFileSync(join(CITY_CARD, 'package.json')));
        const own: object = JSON.parse(readFileSync(join(CITY_CARD, 'plugin.json'), 'utf8'));
        writeFileSync(join(folder, 'plugin.json'), JSON.stringify({ ...own, version, ...manifest }));
        if (report !== undefined) writeFileSync(join(folder, CONFORMANCE_FILE), JSON.stringify(report));
        const file = join(folder, 'dist/city-card-channel.js');
        const source = readFileSync(file, 'utf8');
        const edited = edit?.(source) ?? source;
        if (edit !== undefined && edited === source) throw new Error('the edit changed nothing');
        writeFileSync(file, edited);
        return await signPackage((await buildPackage(folder)).bytes, by);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    trustList(body = {}) {
      const named = (signer: SigningKey, publisher: string) => ({ keyId: signer.keyId, publisher, publicKeyPem: signer.publicKeyPem });
      const whole: TrustListBody = {
        format: 'hospay-trust-list/1', serial: 1, issuedAt: '2026-11-01T00:00:00.000Z', roots: [named(root, 'Hospital IT')], publishers: [named(key, PUBLISHER)], revokedKeys: [], revokedPackages: [], ...body,
      };
      return JSON.stringify(signTrustList(makeTrustList(whole), root));
    },
  };
}

/** Lays a package out as the platform does. */
export async function unpackTo(folder: string, bytes: Uint8Array): Promise<void> {
  for (const [path, content] of await readArchive(bytes)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}
