/** `hospay plugin …`: what a vendor does on the way from a built folder to a signed package, and what hospital IT does to look at one. Nothing here needs a network. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buildPackage, keyIdOf, makeSigningKey, readArchive, readSigningKey, readTrustList, signPackage, verifyPackage, type TrustListBody } from '@hospay/plugin-sdk/package';
import type { Command } from 'commander';

/** Prints to the terminal; a test listens instead. */
export type Screen = { say(line: string): void; fail(line: string): void };

export function addPluginCommand(program: Command, screen: Screen): void {
  const plugin = program.command('plugin').description('plugin packages: pack, sign, verify 插件包');
  const run = (work: () => Promise<void> | void) => async (): Promise<void> => {
    try {
      await work();
    } catch (error) {
      screen.fail(error instanceof Error ? error.message : 'it failed');
    }
  };

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

function readBytes(path: string): Buffer {
  if (!existsSync(path)) throw new Error(`${path} does not exist`);
  return readFileSync(path);
}
