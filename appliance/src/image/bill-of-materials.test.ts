import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { billOfMaterials, licencesIn, readDpkgStatus, type BillOfMaterials } from './bill-of-materials.js';
import { packPackages } from './pack-product.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const STATUS = 'Package: libssl3t64\nStatus: install ok installed\nArchitecture: amd64\nSource: openssl (3.5.1)\nVersion: 3.5.1-1+deb13u1\n\nPackage: gone\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 1\n\nPackage: passwd\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1:4.17.4-2\n';
const COPYRIGHT = 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n\nFiles: *\nLicense: Apache-2.0\n\nFiles: x\nLicense: GPL-1+ or Artistic\n';
/** Identifiers of the SPDX list that packages of ours carry; CycloneDX takes no others in `license.id`. */
const SPDX = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'CC0-1.0', 'ISC', 'MIT', 'MPL-2.0', 'Unlicense']);
const ONE = { name: '@hospay-test/part', version: '1.2.3', license: '(MIT OR CC0-1.0)', integrity: `sha512-${Buffer.alloc(64, 7).toString('base64')}` };

function billOf(npm = [ONE]): BillOfMaterials {
  return billOfMaterials({ name: 'Hospay appliance', version: '9.9.9', epoch: 1_700_000_000, npm, debian: readDpkgStatus(STATUS), copyrightOf: () => COPYRIGHT });
}

/** What the schema of CycloneDX 1.6 requires of the parts we write (bom-1.6.schema.json). */
function assertValid(bill: BillOfMaterials): void {
  assert.deepEqual([bill.bomFormat, bill.specVersion, bill.version], ['CycloneDX', '1.6', 1]);
  assert.match(bill.serialNumber, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
  assert.match(bill.metadata.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  const references = [bill.metadata.component, ...bill.components].map((component) => component['bom-ref']);
  assert.equal(new Set(references).size, references.length, 'each bom-ref once');
  for (const { ref, dependsOn } of bill.dependencies) for (const one of [ref, ...dependsOn]) assert.ok(references.includes(one), one);
  for (const component of bill.components) {
    assert.ok(component.name !== '' && component.version !== '', component['bom-ref']);
    assert.match(component.purl ?? '', /^pkg:(deb\/debian|npm(\/%40[a-z0-9._-]+)?|generic)\/[a-z0-9._+%-]+@[A-Za-z0-9.:~%_-]+(\?[a-z0-9=&._%-]+)?$/i);
    for (const licence of component.licenses ?? []) if ('license' in licence && 'id' in licence.license) assert.ok(SPDX.has(licence.license.id), `${component.name}: ${licence.license.id}`);
    for (const { alg, content } of component.hashes ?? []) assert.match(`${alg} ${content}`, /^(SHA-1 [0-9a-f]{40}|SHA-512 [0-9a-f]{128})$/);
  }
}

test('what is installed is in the bill by its package URL, with its licences; what was removed is not', () => {
  const bill = billOf();
  assertValid(bill);
  assert.deepEqual(bill.components.map(({ purl }) => purl), [
    'pkg:deb/debian/libssl3t64@3.5.1-1%2Bdeb13u1?arch=amd64&distro=debian-13&upstream=openssl',
    'pkg:deb/debian/passwd@1:4.17.4-2?arch=amd64&distro=debian-13',
    'pkg:npm/%40hospay-test/part@1.2.3',
  ]);
  assert.deepEqual(bill.components[0]?.licenses, [{ license: { name: 'Apache-2.0' } }, { license: { name: 'GPL-1+ or Artistic' } }]);
  assert.deepEqual(bill.components[2]?.licenses, [{ expression: '(MIT OR CC0-1.0)' }]);
  assert.deepEqual(bill.components[2]?.hashes, [{ alg: 'SHA-512', content: '07'.repeat(64) }]);
});

test('the same commit gives the same bill, and a package that lies there twice is one component', () => {
  assert.equal(JSON.stringify(billOf()), JSON.stringify(billOf([ONE, { ...ONE }])));
});

test('a package whose licence would not be in the image stops the build by its name', () => {
  assert.throws(() => billOfMaterials({ name: 'x', version: '1', epoch: 0, npm: [], debian: readDpkgStatus(STATUS), copyrightOf: (name) => (name === 'passwd' ? undefined : COPYRIGHT) }), /copyright file: passwd$/);
});

test('a copyright file of the old kind names the common licences it points to', () => {
  assert.deepEqual(licencesIn('On Debian systems, see /usr/share/common-licenses/GPL-2, and `/usr/share/common-licenses/LGPL-2.1\'.'), ['GPL-2', 'LGPL-2.1']);
});

test('what is packed is known by licence and hash, each licence text goes along, and so do those of the pages', (context) => {
  const target = mkdtempSync(join(tmpdir(), 'hospay-packed-'));
  context.after(() => { rmSync(target, { recursive: true, force: true }); });
  const packed = packPackages(ROOT, target, ['core/server', 'core/relay', 'core/plugin-sdk', 'core/payment-sdk', 'core/terminal-sdk']);
  assertValid(billOf(packed as (typeof ONE)[]));
  assert.deepEqual(packed.filter(({ license, integrity }) => license === undefined || integrity === undefined).map(({ name }) => name), []);
  for (const name of ['node', 'vue', 'sequelize', 'element-plus']) assert.ok(packed.some((one) => one.name === name), name);
  for (const path of ['licences/node/LICENSE', 'licences/vue/LICENSE']) assert.match(readFileSync(join(target, path), 'utf8'), /licen[cs]e|permission/i, path);
  // Texts of licences by the name of documentation, which is left out otherwise.
  const named = ['LICENSE.md', 'LICENCE.md', 'license.md'].flatMap((file) => packed.filter(({ name }) => existsSync(join(ROOT, 'node_modules', name, file)) && existsSync(join(target, 'node_modules', name))).map(({ name }) => join(target, 'node_modules', name, file)));
  assert.ok(named.length > 0);
  assert.deepEqual(named.filter((file) => !existsSync(file)), []);
});
