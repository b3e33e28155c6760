/** The shapes of the console API about reports. */
import { Type, type TSchema } from 'typebox';
import { COLUMN_KINDS, EXPORT_FORMATS, EXPORT_STATES, REPORT_GROUPS, REPORT_SPLITS, REPORT_UNITS } from '../../../reports/ports.js';
import { BilingualSchema } from './bilingual-schema.js';
import { DaySchema } from './schemas.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const closed = { additionalProperties: false } as const;
const Text = Type.String();
const Count = Type.Integer({ minimum: 0 });
const Maybe = <Schema extends TSchema>(schema: Schema) => Type.Optional(schema);
const Exact = Type.String({ minLength: 1, maxLength: 64, pattern: '^[^\\u0000-\\u001f]+$' });
/** A plugin's report is `<instance>.<name>`. */
const ReportId = Type.String({ pattern: '^[a-z0-9]+([-.][a-z0-9]+)*$', maxLength: 110 });

const ColumnSchema = Type.Object(
  { zh: Text, en: Text, kind: Type.Enum(COLUMN_KINDS), words: Maybe(Type.Array(Type.Object({ code: Text, zh: Text, en: Text }, named('ReportWord')))), absent: Maybe(BilingualSchema) },
  { ...named('ReportColumn'), description: 'fen 为整数分，percent 为万分之一；absent：平台没有此项来源 / fen: integer fen; percent: hundredths of a percent; absent: the platform has no source for it' },
);
export const ReportListSchema = Type.Object(
  {
    reports: Type.Array(Type.Object(
      {
        id: ReportId, group: Type.Enum(REPORT_GROUPS), title: BilingualSchema, note: Maybe(BilingualSchema), splits: Type.Array(Type.Enum(REPORT_SPLITS)), units: Type.Array(Type.Enum(REPORT_UNITS)), byChannel: Type.Boolean(), byMethod: Type.Boolean(),
        mostDays: Type.Object({ screen: Count, export: Count }, closed), isPaged: Type.Boolean({ description: '逐页读取：合计为本页合计 / Read page by page: its totals are those of the page' }), columns: Type.Array(ColumnSchema),
      },
      named('Report'),
    )),
  },
  named('ReportList'),
);
export const ReportPath = Type.Object({ report: ReportId }, closed);
const VALUES = { from: DaySchema, to: DaySchema, by: Maybe(Type.Enum(REPORT_SPLITS)), unit: Maybe(Type.Enum(REPORT_UNITS)), channel: Maybe(Exact), method: Maybe(Exact) };
export const ReportQuery = Type.Object({ ...VALUES, after: Maybe(Type.String({ minLength: 1, maxLength: 80, description: '上一页的 next / `next` of the page before' })), limit: Maybe(Type.Integer({ minimum: 1, maximum: 200 })) }, closed);
const CellsSchema = Type.Array(Type.Union([Text, Type.Integer()]), { description: '逐列的值；空串为没有值 / One value a column; an empty text where there is none' });
export const ReportRowsSchema = Type.Object(
  { rows: Type.Array(CellsSchema), totals: Maybe(CellsSchema), next: Maybe(Text), behind: Type.Integer({ minimum: 0, description: '尚未汇总的凭证数 / Journals that are not in the sums yet' }) },
  named('ReportRows'),
);

export const ExportRequestSchema = Type.Object({ report: ReportId, format: Type.Enum(EXPORT_FORMATS), ...VALUES }, named('ReportExportRequest'));
export const ExportSchema = Type.Object(
  {
    id: Text, report: ReportId, title: BilingualSchema, format: Type.Enum(EXPORT_FORMATS), from: DaySchema, to: DaySchema, at: Text, state: Type.Enum(EXPORT_STATES), rows: Count, share: Type.Integer({ minimum: 0, maximum: 10_000, description: '进度，万分之一 / Done, in hundredths of a percent' }),
    expiresAt: Text, fileName: Text, bytes: Maybe(Count), sha256: Maybe(Text), problem: Maybe(BilingualSchema),
  },
  named('ReportExport'),
);
export const ExportAnswerSchema = Type.Object({ export: ExportSchema }, named('ReportExportAnswer'));
export const ExportListSchema = Type.Object({ exports: Type.Array(ExportSchema) }, named('ReportExportList'));
export const ExportPath = Type.Object({ id: Type.String({ pattern: '^[0-9A-Z]{10,40}$' }) }, closed);
