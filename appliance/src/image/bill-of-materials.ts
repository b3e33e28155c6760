import { uuidOf } from './verified-root.js';
import type { PackedPackage } from './pack-product.js';

type Licence = { readonly license: { readonly id: string } | { readonly name: string } } | { readonly expression: string };
export type Component = {
  readonly 'type': 'application' | 'library' | 'operating-system' | 'platform';
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl?: string;
  readonly cpe?: string;
  readonly licenses?: readonly Licence[];
  readonly hashes?: ReadonlyArray<{ readonly alg: string; readonly content: string }>;
};
/** CycloneDX 1.6, as far as we write it. */
export type BillOfMaterials = {
  readonly bomFormat: 'CycloneDX';
  readonly specVersion: '1.6';
  readonly serialNumber: string;
  readonly version: 1;
  readonly metadata: { readonly timestamp: string; readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: ReadonlyArray<{ readonly ref: string; readonly dependsOn: readonly string[] }>;
};
/** A package as dpkg has it. `source`: what it was built from, by which advisories name it. */
export type DebianPackage = { readonly name: string; readonly version: string; readonly architecture: string; readonly source: string };

/**
 * Software bill of materials (SBOM, 软件物料清单): everything that is in an image, with versions, licences and, of npm packages, the hash of the archive in the registry.
 * @param epoch seconds; the time of the commit, so that the same commit gives the same bill
 * @param copyrightOf text of `/usr/share/doc/<name>/copyright`. @throws Error naming packages without one: their licence would not be in the image.
 */
export function billOfMaterials({ name, version, epoch, npm, debian, copyrightOf }: { readonly name: string; readonly version: string; readonly epoch: number; readonly npm: readonly PackedPackage[]; readonly debian: readonly DebianPackage[]; readonly copyrightOf: (name: string) => string | undefined }): BillOfMaterials {
  const unlicensed = debian.filter((one) => copyrightOf(one.name) === undefined).map((one) => one.name);
  if (unlicensed.length > 0) throw new Error(`without their copyright file: ${unlicensed.join(', ')}`);
  const components = new Map<string, Component>();
  for (const component of [...debian.map((one) => debianComponent(one, copyrightOf(one.name) ?? '')), ...npm.map(npmComponent)]) components.set(component['bom-ref'], component);
  const all = [...components.values()].sort((one, other) => (one['bom-ref'] < other['bom-ref'] ? -1 : 1));
  const whole: Component = { 'type': 'application', 'bom-ref': `hospay@${version}`, name, version, 'licenses': [{ license: { id: 'Apache-2.0' } }] };
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(`bill of ${name} ${version} ${String(epoch)}`)}`,
    version: 1,
    metadata: { timestamp: new Date(epoch * 1000).toISOString(), component: whole },
    components: all,
    dependencies: [{ ref: whole['bom-ref'], dependsOn: all.map((component) => component['bom-ref']) }],
  };
}

/** Reads `/var/lib/dpkg/status`: what is installed. */
export function readDpkgStatus(text: string): DebianPackage[] {
  return text.split(/\n\n+/).flatMap((paragraph) => {
    const field = (name: string): string | undefined => new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1];
    const [name, version, architecture] = [field('Package'), field('Version'), field('Architecture')];
    if (name === undefined || version === undefined || architecture === undefined || field('Status') !== 'install ok installed') return [];
    return [{ name, version, architecture, source: field('Source')?.split(' ')[0] ?? name }];
  });
}

/** Names of licences in a copyright file: of a machine-readable one (Debian policy 12.5) what it lists, of others the common licences they point to. */
export function licencesIn(copyright: string): string[] {
  const listed = [...copyright.matchAll(/^License:[ \t]*(\S.*)$/gm)].map(([, name]) => name?.trim() ?? '');
  const named = listed.length > 0 ? listed : [...copyright.matchAll(/\/usr\/share\/common-licenses\/([A-Za-z0-9.+-]*[A-Za-z0-9+])/g)].map(([, name]) => name ?? '');
  return [...new Set(named)].sort();
}

/** `pkg:deb/…` as the package URL specification has it; `upstream` and `distro` are what scanners of Debian packages look for. */
function debianComponent({ name, version, architecture, source }: DebianPackage, copyright: string): Component {
  const upstream = source === name ? '' : `&upstream=${encode(source)}`;
  const purl = `pkg:deb/debian/${encode(name)}@${encode(version)}?arch=${architecture}&distro=debian-13${upstream}`;
  const licences = licencesIn(copyright).map((licence) => ({ license: { name: licence } }));
  return { 'type': 'library', 'bom-ref': purl, name, version, purl, ...(licences.length === 0 ? {} : { licenses: licences }) };
}

function npmComponent({ name, version, license, integrity }: PackedPackage): Component {
  const isRuntime = name === 'node';
  const purl = isRuntime ? `pkg:generic/node@${version}` : `pkg:npm/${name.split('/').map(encode).join('/')}@${encode(version)}`;
  const [algorithm = '', base64 = ''] = integrity?.split('-') ?? [];
  return {
    'type': isRuntime ? 'platform' : 'library',
    'bom-ref': purl,
    name,
    version,
    purl,
    ...(isRuntime ? { cpe: `cpe:2.3:a:nodejs:node.js:${version}:*:*:*:*:*:*:*` } : {}),
    ...(license === undefined ? {} : { licenses: [/^[A-Za-z0-9.+-]+$/.test(license) ? { license: { id: license } } : { expression: license }] }),
    ...(integrity === undefined ? {} : { hashes: [{ alg: algorithm.toUpperCase().replace('SHA', 'SHA-'), content: Buffer.from(base64, 'base64').toString('hex') }] }),
  };
}

function encode(part: string): string {
  return encodeURIComponent(part).replaceAll('%3A', ':');
}
