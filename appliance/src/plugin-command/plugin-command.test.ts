import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Command } from 'commander';
import { addPluginCommand } from './plugin-command.js';

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'hospay-plugin-command-'));
  mkdirSync(join(folder, 'acme/dist'), { recursive: true });
  writeFileSync(join(folder, 'acme/package.json'), '{"type":"module"}');
  writeFileSync(join(folder, 'acme/plugin.json'), JSON.stringify({
    id: 'acme', version: '1.0.0', title: { zh: '测试', en: 'Acme' }, publisher: 'Acme', sdk: '^0.2.0', entry: 'dist/index.js', contributes: { channels: ['acme'] }, needs: {}, limits: { callTimeoutMs: 1_000, concurrency: 4 }, owner: 'Acme',
  }));
  writeFileSync(join(folder, 'acme/dist/index.js'), "export default { settings: { type: 'object', properties: {}, additionalProperties: false }, activate: () => ({}) };");
});
after(() => { rmSync(folder, { recursive: true }); });

async function hospay(...words: string[]): Promise<{ said: string; failed: string }> {
  const said: string[] = [];
  const failed: string[] = [];
  const program = new Command().exitOverride();
  addPluginCommand(program, { say: (line) => said.push(line), fail: (line) => failed.push(line) });
  await program.parseAsync(['node', 'hospay', 'plugin', ...words]);
  return { said: said.join('\n'), failed: failed.join('\n') };
}

test('a vendor makes a key, packs, signs and verifies, and a changed package is refused', async () => {
  const at = (name: string) => join(folder, name);
  assert.match((await hospay('keygen', '--out', at('vendor'))).said, /key [0-9a-f]{16}/);
  assert.equal(statSync(at('vendor.private.pem')).mode & 0o077, 0, 'nobody else reads the private key');
  assert.match((await hospay('pack', at('acme'), '--out', folder)).said, /acme-1\.0\.0\.hpx .*[0-9a-f]{64}\n[\s\S]*dist\/plugin\.js/);
  const verify = () => hospay('verify', at('acme-1.0.0.hpx'), '--trust', at('vendor.public.pem'));
  assert.match((await verify()).failed, /refused \(unsigned\)/);
  await hospay('sign', at('acme-1.0.0.hpx'), '--key', at('vendor.private.pem'));
  assert.match((await verify()).said, /acme 1\.0\.0 by Acme: verified/);
  const bytes = readFileSync(at('acme-1.0.0.hpx'));
  bytes[bytes.indexOf('export')] = 0x45;
  writeFileSync(at('acme-1.0.0.hpx'), bytes);
  assert.match((await verify()).failed, /refused/);
});

test('the tests of a plugin are run and their findings written for the package, broken rules by name', async () => {
  const plugin = join(folder, 'tested');
  mkdirSync(join(plugin, 'dist'), { recursive: true });
  writeFileSync(join(plugin, 'package.json'), '{"type":"module"}');
  const report = { format: 'hospay-conformance/1', suite: 'channel', name: 'acme', sdk: '0.2.0', rules: [{ id: 'charge.paid', result: 'kept' }, { id: 'query.notFound', result: 'broken' }, { id: 'close.paid', result: 'notApplicable', reason: 'it cannot close' }] };
  writeFileSync(join(plugin, 'dist/conformance.test.js'), `import { writeFileSync } from 'node:fs'; import { test } from 'node:test'; test('x', () => { writeFileSync(process.env.HOSPAY_CONFORMANCE_REPORT, ${JSON.stringify(JSON.stringify(report))}); throw new Error('broken'); });`);
  const { said, failed } = await hospay('test', plugin);
  assert.match(said, /acme: 1 rules kept, 1 not applicable, 1 broken/);
  assert.match(said, /broken: query\.notFound\n {2}notApplicable: close\.paid \(it cannot close\)/);
  assert.match(failed, /tests failed/);
  assert.match((await hospay('test', join(folder, 'acme'))).failed, /holds no \*\.test\.js/);
});

test('what is missing is said, not thrown', async () => {
  assert.match((await hospay('pack', join(folder, 'nowhere'))).failed, /does not exist/);
  assert.match((await hospay('sign', join(folder, 'nowhere.hpx'), '--key', join(folder, 'vendor.private.pem'))).failed, /does not exist/);
});
