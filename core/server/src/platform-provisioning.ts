/** What the configuration provisions: terminals, applications, operators and forms that are there from the first start on. Part of the composition root. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { makeOpaqueId } from './domain/trade-number.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { PASSWORDS } from './edges/database/platform/password.js';
import type { NumberedFormDesk } from './numbered-forms/ports.js';
import { must, type Running } from './platform-opened.js';
import type { PlatformOptions } from './platform-options.js';
import { provision } from './provisioning/provision.js';
import type { TerminalRegistry } from './terminals/ports.js';

export async function provisionFrom({ configuration, clock, random }: PlatformOptions, running: Running, database: PlatformDatabase, terminals: TerminalRegistry, forms: NumberedFormDesk): Promise<void> {
  await provision(
    {
      terminalStatus: async (id) => (await database.terminals.find(id))?.status,
      addTerminal: (terminal) => database.terminals.add(terminal, clock.now()),
      async offerClaim(id) {
        const offered = await terminals.offerClaim(id);
        if (offered.kind === 'refused') throw new Error(`no claim code for terminal ${id}: ${offered.code}`);
        return offered.value.code;
      },
      async writeClaim(file, code) {
        const path = resolve(configuration.dataFolder, file);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, `${code}\n`, { mode: 0o600 });
      },
      hasApplication: async (id) => (await database.applications.find(id)) !== undefined,
      addApplication: (application) => database.applications.add(application, clock.now()),
      hasOperator: async (operatorNo) => (await database.users.findByLogin(operatorNo)) !== undefined,
      addOperator: async ({ operatorNo, displayName, role, password }) => database.users.add({ id: makeOpaqueId(random), login: operatorNo, displayName, passwordHash: await PASSWORDS.hash(password), operatorKey: await PASSWORDS.operatorKey(password), roles: [role], mustChangePassword: false }, clock.now()),
      forms,
    },
    // In safe mode the money store is not written, and what was provisioned before is there.
    must(running).report.standsStill === undefined ? configuration.provision : { ...configuration.provision, forms: [] },
  );
}
