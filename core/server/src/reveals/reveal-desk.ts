import { ok, refused, type Outcome } from '../domain/errors.js';
import { createRevealPace } from './reveal-pace.js';
import type { PlainValues, RevealCaller, RevealDesk, RevealField, RevealPorts } from './ports.js';

/** A file names up to two hundred persons at once. */
const FILE_COUNTS_AS = 10;

/** 脱敏数据查看: somebody with the right says why, the audit log has it, and only then the value leaves. Whoever looks at more in an hour than work needs is stopped, and that is written down too. */
export function createRevealDesk({ plainOf, clock, audit, log }: RevealPorts): RevealDesk {
  const pace = createRevealPace(clock);
  const take = async (by: string, object: string, count: number): Promise<Outcome<undefined>> => {
    const taken = pace.take(by, count);
    if (taken === 'taken') return ok(undefined);
    // Once an hour is enough to call somebody; a loop does not fill the log.
    if (taken === 'firstRefusal') {
      log.warn('a user has asked for more masked values than an hour allows', { login: by });
      await audit.record({ who: by, what: 'personal.limitReached', object });
    }
    return refused('REVEAL_LIMIT_REACHED');
  };
  return {
    async reveal({ kind, id, fields, ...caller }) {
      const object = `${kind} ${id}`;
      const taken = await take(caller.by, object, 1);
      if (taken.kind === 'refused') return taken;
      const known = await plainOf({ kind, id });
      const values = known === undefined ? [] : fields.flatMap((field) => (known[field] === undefined ? [] : [[field, known[field]] as const]));
      if (known === undefined || values.length === 0) return refused('NO_SUCH_ITEM', object);
      await audit.record({ who: caller.by, what: 'personal.reveal', object, after: { fields: values.map(([field]) => field) }, reason: reasonOf(caller, values.map(([, value]) => value)) });
      return ok(Object.fromEntries(values) satisfies PlainValues);
    },
    async revealFile({ object, fields, make, ...caller }) {
      const taken = await take(caller.by, object, FILE_COUNTS_AS);
      if (taken.kind === 'refused') return taken;
      const made = await make();
      if (made.kind === 'refused') return made;
      await audit.record({ who: caller.by, what: 'personal.export', object, after: { fields: [...fields] satisfies RevealField[], persons: made.value.persons }, reason: reasonOf(caller, []) });
      return ok(made.value.file);
    },
  };
}

/** A person may write the very value into his reason; the row has none. */
function reasonOf({ reason, note }: RevealCaller, values: readonly string[]): string {
  return `${reason}: ${values.reduce((text, value) => text.replaceAll(value, '***'), note)}`;
}
