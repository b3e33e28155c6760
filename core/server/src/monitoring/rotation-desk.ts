import { oneAfterAnother } from '@hospay/plugin-sdk';
import type { Outcome } from '../domain/errors.js';
import { carryOutRotation, REHEARSAL_HOLDS_MS, takeBackRotation } from './carry-out-rotation.js';
import type { Rotation, RotationPorts, RotationSubject } from './ports.js';
import { rehearseRotation, type RehearsalRequest } from './rehearse-rotation.js';

/** Rehearsing, carrying out and taking back rotations: one at a time, so that two people do not play through each other. */
export type RotationDesk = {
  subjects(): Promise<readonly RotationSubject[]>;
  list(): Promise<readonly Rotation[]>;
  rehearse(request: RehearsalRequest): Promise<Outcome<Rotation>>;
  carryOut(request: { readonly id: number; readonly by: string }): Promise<Outcome<Rotation>>;
  /** Forgets what was rehearsed and not carried out within a day. */
  forgetOld(): Promise<void>;
  takeBack(request: { readonly id: number; readonly by: string }): Promise<Outcome<Rotation>>;
};

const ROTATIONS_SHOWN = 50;

export function createRotationDesk(ports: RotationPorts): RotationDesk {
  const inTurn = oneAfterAnother();
  return {
    subjects: () => ports.stage.list(),
    list: () => ports.rotations.list({ limit: ROTATIONS_SHOWN }),
    rehearse: (request) => inTurn(() => rehearseRotation(ports, request)),
    carryOut: (request) => inTurn(() => carryOutRotation(ports, request)),
    forgetOld: () => inTurn(() => ports.rotations.outdateRehearsedBefore(new Date(ports.clock.now().getTime() - REHEARSAL_HOLDS_MS))),
    takeBack: (request) => inTurn(() => takeBackRotation(ports, request)),
  };
}
