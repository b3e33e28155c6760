import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { tool } from '../tool.js';

/** What the pinned runtime is linked to, and what runs the units. All of it is in the base of every system of the Debian family, so that nothing has to be fetched. */
const DEPENDS = 'libc6 (>= 2.28), libstdc++6 (>= 8), systemd (>= 241), ca-certificates, tzdata';

/**
 * Writes `hospay_<version>_amd64.deb` and a tar of it with what else is needed to install it without a network: for hospitals that bring their own system of the Debian family.
 * @param product what `/opt/hospay` is
 * @param files what the package adds to it (`appliance/image/debian`)
 * @param unit the appliance's unit of the core; here its configuration lies in `/etc/hospay`
 * @param bill the bill of materials of the product
 * @returns package and bundle
 */
export function writeDebianPackage({ product, files, unit, bill, output, version, epoch }: { readonly product: string; readonly files: string; readonly unit: string; readonly bill: string; readonly output: string; readonly version: string; readonly epoch: number }): readonly string[] {
  const stem = `hospay_${version.replaceAll('-', '~')}_amd64`;
  const tree = join(output, `${stem}.tree`);
  rmSync(tree, { recursive: true, force: true });
  cpSync(files, tree, { recursive: true });
  renameSync(join(tree, 'INSTALL.md'), `${tree}.INSTALL.md`);
  for (const folder of ['opt', 'usr/bin', 'usr/share/hospay']) mkdirSync(join(tree, folder), { recursive: true });
  tool('cp', ['-a', product, join(tree, 'opt/hospay')]);
  symlinkSync('/opt/hospay/bin/hospay', join(tree, 'usr/bin/hospay'));
  writeFileSync(join(tree, 'usr/lib/systemd/system/hospay.service'), unitElsewhere(unit));
  writeFileSync(join(tree, 'usr/share/hospay/sbom.cdx.json'), bill);
  // Whatever the umask was where the repository was checked out.
  tool('chmod', ['-R', 'u=rwX,go=rX', tree]);
  writeControl(tree, version);
  tool('find', [tree, '-exec', 'touch', '-h', '-d', `@${String(epoch)}`, '{}', '+']);
  const deb = join(output, `${stem}.deb`);
  // xz: what older members of the family read. One thread: several divide it by their number.
  tool('dpkg-deb', ['--root-owner-group', '-Zxz', '-z3', '--threads-max=1', '--build', tree, deb], { env: { SOURCE_DATE_EPOCH: String(epoch) } });
  rmSync(tree, { recursive: true });
  return [deb, bundle({ deb, install: `${tree}.INSTALL.md`, bill, file: join(output, `hospay-${version}-debian-amd64.tar`), epoch })];
}

/** The unit of the core on a system that is not ours: the same sandbox, other folders. */
export function unitElsewhere(unit: string): string {
  const [elsewhere, own] = ['/run/hospay/laid-out/hospay/', '/run/hospay/'];
  const changed = unit
    .replaceAll(/^EnvironmentFile=\/run\/hospay\//gm, `EnvironmentFile=${elsewhere}`)
    .replace('--profile-folder /state/config/profiles', '--profile-folder /etc/hospay/config/profiles')
    .replace('--data-folder /var/lib/hospay/data', '--data-folder /var/lib/hospay')
    // Updates and backup drives are the business of that system.
    .replace(` --box-socket ${own}box.sock --updates-folder /var/lib/hospay-files/updates --update-drive /backup/update --plugin-socket ${own}plugin.sock`, '')
    // So is what else a machine of ours can be.
    .replace(/^#[^\n]*\nConditionPathExists=![^\n]*\n/m, '')
    .replaceAll(/ hospay-(restore\.service|box\.socket|plugin\.socket)/g, '')
    .replace(/^(ReadWritePaths=\/var\/lib\/hospay) .*$/m, '$1');
  if (/ConditionPathExists|\/state\b|hospay-files|\/backup\b|box\.sock|plugin\.sock|hospay-restore|=\/run\/hospay\/(?!laid-out)/.test(changed)) throw new Error('hospay.service names a part of the appliance that the package does not have');
  return changed;
}

function writeControl(tree: string, version: string): void {
  const contents = readdirSync(tree, { withFileTypes: true, recursive: true }).map((entry) => ({ entry, path: relative(tree, join(entry.parentPath, entry.name)) })).filter(({ entry, path }) => entry.isFile() && !path.startsWith('DEBIAN/'));
  const sums = contents.map(({ path }) => `${createHash('md5').update(readFileSync(join(tree, path))).digest('hex')}  ${path}\n`).sort((one, other) => (one.slice(34) < other.slice(34) ? -1 : 1));
  writeFileSync(join(tree, 'DEBIAN/md5sums'), sums.join(''));
  const kib = contents.reduce((sum, { path }) => sum + Math.ceil(readFileSync(join(tree, path)).length / 1024), 0);
  const lines = {
    Package: 'hospay', Version: version.replaceAll('-', '~'), Architecture: 'amd64', Maintainer: 'Hospay <hospay@example.org>', 'Installed-Size': kib, Depends: DEPENDS,
    Recommends: 'chrony | time-daemon', Suggests: 'rclone', Section: 'admin', Priority: 'optional',
    Description: "hospital's integrated payment platform (医院智能综合支付平台)\n Payments of kiosks, apps and windows, the hospital's information system and\n the bank, in one double-entry ledger on the hospital's own machine.",
  };
  writeFileSync(join(tree, 'DEBIAN/control'), Object.entries(lines).map(([name, value]) => `${name}: ${String(value)}\n`).join(''));
  for (const script of ['postinst', 'prerm', 'postrm']) chmodSync(join(tree, 'DEBIAN', script), 0o755);
}

/** One file to carry: the package, how it is installed, what is in it, and the sums of all. */
function bundle({ deb, install, bill, file, epoch }: { readonly deb: string; readonly install: string; readonly bill: string; readonly file: string; readonly epoch: number }): string {
  const folder = `${file}.files`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  cpSync(deb, join(folder, deb.slice(deb.lastIndexOf('/') + 1)));
  renameSync(install, join(folder, 'INSTALL.md'));
  writeFileSync(join(folder, 'sbom.cdx.json'), bill);
  const names = readdirSync(folder).sort();
  writeFileSync(join(folder, 'SHA256SUMS'), names.map((name) => `${createHash('sha256').update(readFileSync(join(folder, name))).digest('hex')}  ${name}\n`).join(''));
  tool('tar', ['--format=ustar', '--owner=0', '--group=0', '--numeric-owner', '--mode=0644', `--mtime=@${String(epoch)}`, '-cf', file, '-C', folder, ...names, 'SHA256SUMS']);
  rmSync(folder, { recursive: true });
  return file;
}
