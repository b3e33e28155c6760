import { isDeepStrictEqual } from 'node:util';
import { ok, refused, retold, type Outcome } from '../domain/errors.js';
import { ROTATION_STATE_WORDS, type Rotation, type RotationPorts } from './ports.js';
import { withoutSecrets } from './without-secrets.js';

/** What was rehearsed yesterday was rehearsed against another day's keys. */
export const REHEARSAL_HOLDS_MS = 24 * 60 * 60 * 1000;

/** Puts the rehearsed settings in place of the running ones. The earlier ones are kept, sealed, so that one call goes back. */
export async function carryOutRotation(ports: RotationPorts, { id, by }: { readonly id: number; readonly by: string }): Promise<Outcome<Rotation>> {
  const { rotations, stage, clock, audit } = ports;
  const rotation = await rotations.find(id);
  if (rotation === undefined) return refused('NO_SUCH_ITEM');
  const subject = await stage.find(rotation.instance);
  if (subject === undefined) return refused('NO_SUCH_ITEM', { zh: `没有实例 ${rotation.instance}`, en: `there is no instance ${rotation.instance}` });
  if (subject.origin === 'configured') return refused('CONFLICT', { zh: `${rotation.instance} 的参数在配置文件中：请在文件中修改 ${rotation.changedPaths.join('、')} 后重启`, en: `${rotation.instance} has its settings in the configuration file: change ${rotation.changedPaths.join(', ')} there and restart` });
  if (rotation.state !== 'passed') return refused('CONFLICT', { zh: `轮换须演练通过后才能启用；当前：${ROTATION_STATE_WORDS[rotation.state]}`, en: `only a rotation that has passed its rehearsal is carried out; this one is ${rotation.state}` });
  if (clock.now().getTime() - rotation.rehearsedAt.getTime() > REHEARSAL_HOLDS_MS) return refused('CONFLICT', { zh: '演练已超过一天，请重新演练', en: 'the rehearsal is older than a day: rehearse again' });
  const kept = await rotations.settingsOf(id);
  if (kept === undefined) return refused('CONFLICT', { zh: '演练时的新密钥已不再保存，请重新演练', en: 'the candidate is not kept any more: rehearse again' });
  const { previous, candidate } = kept;
  const isDone = isDeepStrictEqual(subject.settings, candidate);
  if (!isDone && !isDeepStrictEqual(subject.settings, previous)) return refused('CONFLICT', { zh: '演练之后参数已被修改，请重新演练', en: 'the settings have been changed since the rehearsal: rehearse again' });
  // Cut off between the settings and this row: only the row is missing.
  const replaced = isDone ? ok({ found: 'it runs with them' }) : await stage.replaceSettings(rotation.instance, candidate);
  const secrets = [...stage.secretsIn(rotation.instance, candidate), ...stage.secretsIn(rotation.instance, subject.settings)];
  await audit.record({ who: by, what: 'rotation.carryOut', object: `plugin instance ${rotation.instance}`, after: { rotation: id, changed: rotation.changedPaths, result: replaced.kind === 'ok' ? 'active' : withoutSecrets(replaced.detail ?? replaced.code, secrets) } });
  if (replaced.kind === 'refused') return retold(replaced, (text) => withoutSecrets(text, secrets));
  await rotations.carriedOut(id, by, clock.now());
  await rotations.outdateOthers(rotation.instance, id);
  return ok((await rotations.find(id)) ?? rotation);
}

/** Puts the settings back that ran before this rotation. */
export async function takeBackRotation(ports: RotationPorts, { id, by }: { readonly id: number; readonly by: string }): Promise<Outcome<Rotation>> {
  const { rotations, stage, clock, audit } = ports;
  const rotation = await rotations.find(id);
  if (rotation === undefined) return refused('NO_SUCH_ITEM');
  const subject = await stage.find(rotation.instance);
  const kept = rotation.state === 'active' ? await rotations.settingsOf(id) : undefined;
  if (kept === undefined || subject === undefined) return refused('CONFLICT', { zh: `轮换${ROTATION_STATE_WORDS[rotation.state]}，不能退回`, en: `a rotation that is ${rotation.state} cannot be taken back` });
  const { previous, candidate } = kept;
  if (!isDeepStrictEqual(subject.settings, candidate)) return refused('CONFLICT', { zh: '轮换之后参数已被修改，退回会一并撤销这些修改', en: 'the settings have been changed since: going back would undo that too' });
  const replaced = await stage.replaceSettings(rotation.instance, previous);
  const secrets = [...stage.secretsIn(rotation.instance, previous), ...stage.secretsIn(rotation.instance, candidate)];
  await audit.record({ who: by, what: 'rotation.takeBack', object: `plugin instance ${rotation.instance}`, after: { rotation: id, changed: rotation.changedPaths, result: replaced.kind === 'ok' ? 'takenBack' : withoutSecrets(replaced.detail ?? replaced.code, secrets) } });
  if (replaced.kind === 'refused') return retold(replaced, (text) => withoutSecrets(text, secrets));
  await rotations.takenBack(id, clock.now());
  return ok((await rotations.find(id)) ?? rotation);
}
