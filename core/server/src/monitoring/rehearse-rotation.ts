import { type Credential, beijingDay } from '@hospay/plugin-sdk';
import { quoted, shortened, type Bilingual } from '../domain/bilingual.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { heard } from '../domain/own-words.js';
import { candidateSettings, type SettingChange } from './candidate-settings.js';
import { judgeCredential, type Finding } from './judge-credential.js';
import type { RehearsalStep, RehearsalStepName, Rotation, RotationPorts, RotationSubject, TrialReport, WatchPolicy } from './ports.js';
import { withoutSecrets } from './without-secrets.js';

export type RehearsalRequest = { readonly instance: string; readonly changes: readonly SettingChange[]; readonly by: string };

/**
 * Plays a rotation through beside the running instance: starts a candidate with the new keys, lists and judges them, makes one harmless call with them. Nothing is routed to it, its store
 * is forgotten. Only what passed may be carried out, and exactly that: the candidate is kept sealed for a day.
 */
export async function rehearseRotation(ports: RotationPorts, { instance, changes, by }: RehearsalRequest): Promise<Outcome<Rotation>> {
  const { stage, rotations, policy, clock, audit } = ports;
  const subject = await stage.find(instance);
  if (subject === undefined) return refused('NO_SUCH_ITEM');
  const made = candidateSettings(subject, changes);
  if (made.kind === 'refused') return made;
  const candidate = stage.tidy(instance, made.value.settings);
  const report = await stage.tryOut(instance, candidate);
  const secrets = [...stage.secretsIn(instance, candidate), ...stage.secretsIn(instance, subject.settings)];
  const now = clock.now();
  const steps = judgeTrial(report, subject, policy, now).map((played): RehearsalStep => ({ ...played, found: played.found.map(({ zh, en }) => shortened({ zh: withoutSecrets(zh, secrets), en: withoutSecrets(en, secrets) }, 300)) }));
  const hasFailed = steps.some(({ result }) => result === 'failed');
  const rotation = await rotations.add(
    {
      instance, state: hasFailed ? 'failed' : 'passed', changedPaths: made.value.changedPaths, steps, rehearsedAt: now, rehearsedBy: by,
      fingerprints: report.kind === 'ran' ? report.credentials.flatMap(({ name, fingerprint }) => (fingerprint === undefined ? [] : [{ name, fingerprint }])) : [],
    },
    hasFailed ? undefined : { previous: subject.settings, candidate },
  );
  await audit.record({ who: by, what: 'rotation.rehearse', object: `plugin instance ${instance}`, after: { rotation: rotation.id, state: rotation.state, changed: rotation.changedPaths, steps: steps.map((played) => `${played.step} ${played.result}`) } });
  return ok(rotation);
}

/** Every step, in the order a person would take them; after a failed start there is nothing more to see. */
function judgeTrial(report: TrialReport, subject: RotationSubject, policy: WatchPolicy, now: Date): RehearsalStep[] {
  if (report.kind === 'refused') return [step('start', 'failed', [heard(report.reason)]), ...(['list', 'pairing', 'validity', 'overlap', 'quickRun', 'connection'] as const).map((name) => step(name, 'skipped', []))];
  const { credentials, listProblem, broken, connection } = report;
  const findings = credentials.flatMap((credential) => judgeCredential(credential, credentials, { now, since: now, policy }));
  const pick = (...kinds: readonly Finding['kind'][]) => findings.filter(({ kind }) => kinds.includes(kind)).map(({ detail }) => detail);
  const [unfit, dead, soon] = [pick('keyMismatch', 'serialMismatch', 'missing', 'unreadable'), pick('expired', 'notYetValid'), pick('expiring', 'expiryUnknown')];
  const lost = replacedAtOnce(subject.credentials, credentials);
  return [
    step('start', 'passed', []),
    listProblem === undefined ? step('list', 'passed', newOnes(subject.credentials, credentials)) : step('list', 'failed', [heard(listProblem)]),
    step('pairing', unfit.length > 0 ? 'failed' : 'passed', unfit),
    step('validity', dead.length > 0 ? 'failed' : soon.length > 0 ? 'warning' : 'passed', [...dead, ...soon]),
    step('overlap', lost.length > 0 ? 'warning' : 'passed', lost),
    step('quickRun', broken === undefined ? 'skipped' : broken.length > 0 ? 'failed' : 'passed', (broken ?? []).map(quoted)),
    step('connection', CONNECTION_STEP[connection.result], [heard(connection.found)]),
  ];
}

const CREDENTIAL_WORDS: Readonly<Record<Credential['kind'], string>> = { certificate: '证书', publicKey: '公钥', privateKey: '私钥', sharedSecret: '共享密钥' };
const CONNECTION_STEP = { answered: 'passed', silent: 'failed', skipped: 'skipped' } as const;

function newOnes(present: readonly Credential[], candidate: readonly Credential[]): Bilingual[] {
  return candidate
    .filter(({ name, fingerprint }) => !present.some((other) => other.name === name && other.fingerprint === fingerprint))
    .map(({ name, kind, fingerprint, notAfter }) => {
      const mark = fingerprint === undefined ? '' : ` ${fingerprint.slice(0, 16)}`;
      const ends = notAfter === undefined ? undefined : beijingDay(notAfter);
      return { zh: `${name}：${CREDENTIAL_WORDS[kind]}${mark}${ends === undefined ? '' : `，${ends} 到期`}`, en: `${name}: ${kind}${mark}${ends === undefined ? '' : `, ends ${ends}`}` };
    });
}

/** Keys of theirs that the candidate would not accept any more from its first second on. */
function replacedAtOnce(present: readonly Credential[], candidate: readonly Credential[]): Bilingual[] {
  return present
    .filter(({ holder, fingerprint, problem }) => holder === 'theirs' && problem === undefined && fingerprint !== undefined && !candidate.some((other) => other.fingerprint === fingerprint))
    .map(({ name, fingerprint = '' }) => ({ zh: `${name} ${fingerprint.slice(0, 16)} 将不再被接受`, en: `${name} ${fingerprint.slice(0, 16)} would not be accepted any more` }));
}

function step(name: RehearsalStepName, result: RehearsalStep['result'], found: readonly Bilingual[]): RehearsalStep {
  return { step: name, result, found };
}
