import { readTextList, writeTextList } from './list-of-text.js';
import type { ApplicationRow, Models } from './models.js';
import type { SecretBox } from './secret-box.js';

export type StoredApplication = {
  readonly id: string;
  readonly hospital: string;
  readonly title: string;
  readonly status: 'active' | 'disabled';
  readonly notifyUrl: string | undefined;
  readonly permissions: readonly string[];
  readonly merchantNo: string | undefined;
  readonly createdAt: Date;
};

export type ApplicationStore = {
  add(application: { readonly id: string; readonly title: string; readonly secret: string; readonly notifyUrl?: string; readonly permissions: readonly string[]; readonly merchantNo?: string }, now: Date): Promise<StoredApplication>;
  find(id: string): Promise<StoredApplication | undefined>;
  list(): Promise<readonly StoredApplication[]>;
  /** The signing secret of an active application. */
  secretOf(id: string): Promise<string | undefined>;
  replaceSecret(id: string, secret: string, now: Date): Promise<boolean>;
  change(id: string, values: { readonly title?: string; readonly notifyUrl?: string | null; readonly permissions?: readonly string[]; readonly status?: 'active' | 'disabled' }, now: Date): Promise<boolean>;
};

export function applicationStore({ applications }: Models, hospital: string, box: SecretBox): ApplicationStore {
  const place = (id: string) => `application.secretSealed ${id}`;
  const row = async (id: string) => (await applications.findOne({ where: { id, hospital } }))?.get();
  const changed = async (id: string, values: Partial<ApplicationRow>, now: Date) => (await applications.update({ ...values, updatedAt: now }, { where: { id, hospital } }))[0] === 1;
  return {
    async add({ id, title, secret, notifyUrl, permissions, merchantNo }, now) {
      const created: ApplicationRow = { id, hospital, title, status: 'active', secretSealed: box.seal(secret, place(id)), notifyUrl: notifyUrl ?? null, permissions: writeTextList(permissions), merchantNo: merchantNo ?? null, createdAt: now, updatedAt: now };
      await applications.create(created);
      return asApplication(created);
    },
    async find(id) {
      const found = await row(id);
      return found === undefined ? undefined : asApplication(found);
    },
    async list() {
      return (await applications.findAll({ where: { hospital }, order: ['id'] })).map((application) => asApplication(application.get()));
    },
    async secretOf(id) {
      const found = await row(id);
      return found?.status === 'active' ? box.open(found.secretSealed, place(id)).toString('utf8') : undefined;
    },
    replaceSecret: (id, secret, now) => changed(id, { secretSealed: box.seal(secret, place(id)) }, now),
    change: (id, { permissions, ...values }, now) => changed(id, { ...values, ...(permissions === undefined ? {} : { permissions: writeTextList(permissions) }) }, now),
  };
}

function asApplication({ id, hospital, title, status, notifyUrl, permissions, merchantNo, createdAt }: ApplicationRow): StoredApplication {
  return { id, hospital, title, status: status === 'active' ? 'active' : 'disabled', notifyUrl: notifyUrl ?? undefined, permissions: readTextList(permissions), merchantNo: merchantNo ?? undefined, createdAt };
}
