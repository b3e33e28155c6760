/** `hospay plugin …`: what a vendor does on the way from a built folder to a signed package, and what hospital IT does to look at one, without a network; and what asks the running core for a change. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { buildPackage, CONFORMANCE_FILE, ConformanceReportSchema, keyIdOf, makeSigningKey, readArchive, readSigningKey, readTrustList, signPackage, verifyPackage, type TrustListBody } from '@hospay/plugin-sdk/package';
import type { Command } from 'commander';
import { Check } from 'typebox/value';
import type { Screen } from '../screen.js';
import { addProposals } from './propose-plugin.js';
import { readBytes } from './read-bytes.js';

export function addPluginCommand(program: Command, screen: Screen): void {
  const plugin = program.command('plugin').description('plugin packages: test, pack, sign, verify; propose to install, roll back, remove 插件包');
  const run = (work: () => Promise<void> | void) => async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      screen.fail(error instanceof Error ? error.message : 'it failed');
    }
  };

  addProposals(plugin, screen);
  plugin
    .command('keygen')
    .description('make a signing key; keep the private file offline 生成签名密钥')
    .requiredOption('--out <name>', 'writes <name>.private.pem and <name>.public.pem')
    .action((options: { out: string }) => run(() => {
      const key = makeSigningKey();
      writeFileSync(`${options.out}.private.pem`, key.privateKeyPem, { mode: 0o600, flag: 'wx' });
      writeFileSync(`${options.out}.public.pem`, key.publicKeyPem, { flag: 'wx' });
      screen.say(`key ${key.keyId}: ${options.out}.private.pem (keep it offline), ${options.out}.public.pem (give it to the hospitals' trust list)`);
    })());

  plugin
    .command('pack <folder>')
    .description('one file from a built plugin folder 打包')
    .option('--out <folder>', 'where the package is written', '.')
    .action((folder: string, options: { out: string }) => run(async () => {
      const built = await buildPackage(folder);
      const path = join(options.out, built.fileName);
      writeFileSync(path, built.bytes);
      screen.say(`${path}  ${String(built.bytes.length)} bytes  ${built.hash}`);
      for (const part of built.parts) screen.say(`  ${part}`);
    })());

  plugin
    .command('test <folder>')
    .description('run the tests of a built plugin and write conformance.json for its package 测试并生成一致性报告')
    .action((folder: string) => run(() => {
      const tests = existsSync(join(folder, 'dist')) ? readdirSync(join(folder, 'dist'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.test.js')).map((file) => join('dist', file)) : [];
      if (tests.length === 0) throw new Error(`${join(folder, 'dist')} holds no *.test.js: build the plugin with its conformance test first`);
      const report = resolve(folder, CONFORMANCE_FILE);
      rmSync(report, { force: true });
      const { NODE_TEST_CONTEXT: _inherited, ...environment } = process.env;
      const ran = spawnSync(process.execPath, ['--test', ...tests], { cwd: folder, env: { ...environment, HOSPAY_CONFORMANCE_REPORT: report }, encoding: 'utf8' });
      if (!existsSync(report)) throw new Error(`no conformance report was written: does a test call runChannelConformance, or runReportConformance?\n${ran.stdout.slice(-2_000)}`);
      const read: unknown = JSON.parse(readText(report));
      if (!Check(ConformanceReportSchema, read)) throw new Error(`${report} has another shape`);
      const count = (result: string): number => read.rules.filter((rule) => rule.result === result).length;
      screen.say(`${read.name}: ${String(count('kept'))} rules kept, ${String(count('notApplicable'))} not applicable, ${String(count('broken'))} broken; ${report}`);
      for (const { id, result, reason } of read.rules) if (result !== 'kept') screen.say(`  ${result}: ${id}${reason === undefined ? '' : ` (${reason})`}`);
      if (ran.status !== 0) throw new Error('tests failed: a package with broken rules is installed as bronze at most, and only when the quick run passes');
    })());

  plugin
    .command('sign <package>')
    .description('add a signature 签名')
    .requiredOption('--key <file>', 'an Ed25519 private key')
    .action((path: string, options: { key: string }) => run(async () => {
      const key = readSigningKey(readText(options.key));
      writeFileSync(path, await signPackage(readBytes(path), key));
      screen.say(`${path} is signed by ${key.keyId}`);
    })());

  plugin
    .command('verify <package>')
    .description('check everything that can be known without running it 验证')
    .requiredOption('--trust <file>', 'a trust list, or a public key for a package of one publisher')
    .action((path: string, options: { trust: string }) => run(async () => {
      const bytes = readBytes(path);
      const verdict = await verifyPackage(bytes, await trustFrom(options.trust, bytes));
      if (verdict.kind === 'refused') {
        screen.fail(`${basename(path)} is refused (${verdict.code}): ${verdict.reason}`);
        return;
      }
      const { manifest, signers, hash } = verdict.package;
      screen.say(`${manifest.id} ${manifest.version} by ${manifest.publisher}: verified`);
      screen.say(`  signed by ${signers.map(({ keyId, publisher }) => `${publisher} (${keyId})`).join(', ')}`);
      screen.say(`  contributes ${JSON.stringify(manifest.contributes)}, needs ${JSON.stringify(manifest.needs)}`);
      screen.say(`  ${hash}`);
    })());
}

/** A trust list as it is, or one made of a single public key that speaks for whatever publisher the package names: enough for a vendor's own check. */
async function trustFrom(path: string, bytes: Uint8Array): Promise<TrustListBody> {
  const text = readText(path);
  if (!text.includes('BEGIN PUBLIC KEY')) {
    const list = readTrustList(text);
    if (list.kind === 'refused') throw new Error(`${path}: ${list.reason}`);
    return list.body;
  }
  const manifest: unknown = JSON.parse(Buffer.from((await readArchive(bytes)).get('plugin.json') ?? new Uint8Array()).toString('utf8'));
  const publisher = typeof manifest === 'object' && manifest !== null && 'publisher' in manifest && typeof manifest.publisher === 'string' ? manifest.publisher : '';
  const key = { keyId: keyIdOf(text), publisher, publicKeyPem: text };
  return { format: 'hospay-trust-list/1', serial: 1, issuedAt: new Date(0).toISOString(), roots: [key], publishers: [key], revokedKeys: [], revokedPackages: [] };
}

function readText(path: string): string {
  return readBytes(path).toString('utf8');
}
