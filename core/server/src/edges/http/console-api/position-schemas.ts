/** The shapes of terminals' positions (安装位置). */
import { Type } from 'typebox';
import { MOST_PUT_AT_ONCE } from '../../../fleet/ports.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const Maybe = Type.Optional;
const Line = (maxLength: number, description: string) => Type.String({ minLength: 1, maxLength, pattern: '^[^\\s\\u0000-\\u001f\\u007f]([^\\u0000-\\u001f\\u007f]*[^\\s\\u0000-\\u001f\\u007f])?$', description });
const Id = Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', minLength: 1, maxLength: 63 });

const POSITION = { floor: Maybe(Line(20, '楼层 / Floor')), area: Maybe(Line(40, '区域 / Area')), spot: Maybe(Line(60, '位置说明 / Spot')) };
export const PositionListSchema = Type.Object({ positions: Type.Array(Type.Object({ terminal: Type.String(), building: Maybe(Type.String()), floor: Maybe(Type.String()), area: Maybe(Type.String()), spot: Maybe(Type.String()) }, named('TerminalPosition'))) }, named('TerminalPositionList'));
export const PositionChangeSchema = Type.Object(
  { terminals: Type.Array(Id, { minItems: 1, maxItems: MOST_PUT_AT_ONCE }), position: Maybe(Type.Object({ building: Line(40, '楼栋 / Building'), ...POSITION }, named('NewTerminalPosition'))) },
  named('TerminalPositionChange'),
);
