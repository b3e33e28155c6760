/** Rotations as changes (变更申请): what was rehearsed is carried out, or taken back, by the approval of another person. */
import { Type } from 'typebox';
import { Parse } from 'typebox/value';
import type { ChangeAct, ChangeDraft } from '../changes/ports.js';
import { changedLines } from '../domain/change-proposal.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { REHEARSAL_HOLDS_MS } from './carry-out-rotation.js';
import { ROTATION_STATE_WORDS, type RehearsalStage, type Rotation, type RotationStore } from './ports.js';
import type { RotationDesk } from './rotation-desk.js';

const Content = Type.Object({ id: Type.Integer() });

export type RotationChangePorts = { readonly desk: Pick<RotationDesk, 'carryOut' | 'takeBack'>; readonly stage: Pick<RehearsalStage, 'settingsOf' | 'masked'>; readonly rotations: Pick<RotationStore, 'find' | 'settingsOf'> };

export function rotationChanges({ desk, stage, rotations }: RotationChangePorts): readonly ChangeAct[] {
  const drawn = async (asked: unknown, act: { readonly from: 'passed' | 'active'; readonly isBack: boolean }): Promise<Outcome<ChangeDraft & { readonly rotation: Rotation }>> => {
    const { id } = Parse(Content, asked);
    const rotation = await rotations.find(id);
    const running = rotation === undefined ? undefined : stage.settingsOf(rotation.instance);
    if (rotation === undefined || running === undefined) return refused('NO_SUCH_ITEM');
    const { instance, changedPaths, state } = rotation;
    if (running.origin === 'configured') return refused('CONFLICT', { zh: `${instance} 的参数在配置文件中：请在文件中修改 ${changedPaths.join('、')} 后重启`, en: `${instance} has its settings in the configuration file: change ${changedPaths.join(', ')} there and restart` });
    const kept = state === act.from ? await rotations.settingsOf(id) : undefined;
    if (kept === undefined) return refused('CONFLICT', act.isBack ? { zh: `轮换${ROTATION_STATE_WORDS[state]}，不能退回`, en: `a rotation that is ${state} cannot be taken back` } : { zh: `轮换须演练通过后才能启用；当前：${ROTATION_STATE_WORDS[state]}`, en: `only a rotation that has passed its rehearsal is carried out; this one is ${state}` });
    const [before, after] = [stage.masked(instance, running.settings), stage.masked(instance, act.isBack ? kept.previous : kept.candidate)];
    return ok({ rotation, subject: `keys of ${instance}`, content: { id }, masked: { id, after: [...after] }, lines: changedLines('settings.', before, after), levels: 1 });
  };
  const present = async (asked: unknown): Promise<unknown> => {
    const rotation = await rotations.find(Parse(Content, asked).id);
    const running = rotation === undefined ? undefined : stage.settingsOf(rotation.instance);
    return { state: rotation?.state, settings: rotation === undefined || running === undefined ? undefined : [...stage.masked(rotation.instance, running.settings)] };
  };
  const isIn = async (asked: unknown, state: Rotation['state']): Promise<boolean> => (await rotations.find(Parse(Content, asked).id))?.state === state;
  return [
    {
      kind: 'rotationCarryOut',
      async draw(asked) {
        const made = await drawn(asked, { from: 'passed', isBack: false });
        return made.kind === 'refused' ? made : ok({ ...made.value, holdsUntil: new Date(made.value.rotation.rehearsedAt.getTime() + REHEARSAL_HOLDS_MS) });
      },
      present,
      isDone: (asked) => isIn(asked, 'active'),
      apply: (asked, { proposedBy }) => desk.carryOut({ id: Parse(Content, asked).id, by: proposedBy }),
    },
    {
      kind: 'rotationTakeBack',
      draw: (asked) => drawn(asked, { from: 'active', isBack: true }),
      present,
      isDone: (asked) => isIn(asked, 'takenBack'),
      apply: (asked, { proposedBy }) => desk.takeBack({ id: Parse(Content, asked).id, by: proposedBy }),
    },
  ];
}
