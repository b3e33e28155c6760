import { Type, type Static } from 'typebox';

const closedObject = { additionalProperties: false } as const;

const ColumnSchema = Type.Union([
  Type.Object({ column: Type.Integer({ description: 'CSV：从 1 数起 / CSV: counted from 1', minimum: 1, maximum: 200 }) }, closedObject),
  Type.Object({ firstByte: Type.Integer({ description: '定长：从 1 数起 / fixed width: counted from 1', minimum: 1, maximum: 10_000 }), bytes: Type.Integer({ minimum: 1, maximum: 1_000 }) }, closedObject),
]);
export type Column = Static<typeof ColumnSchema>;

const words = (description: string) => Type.Array(Type.String({ minLength: 1, maxLength: 40 }), { description, minItems: 1, maxItems: 20 });

/** How the acquirer's daily file is to be read: there is no common format, each contract brings its own. */
export const StatementSettingsSchema = Type.Object(
  {
    source: Type.Union(
      [
        Type.Object(
          {
            from: Type.Literal('folder'),
            folder: Type.String({ title: '目录 / Folder', minLength: 1, maxLength: 255 }),
            fileName: Type.String({ title: '文件名 / File name', description: '{yyyyMMdd} 或 {yyyy-MM-dd} 代表日期 / {yyyyMMdd} or {yyyy-MM-dd} stands for the day', pattern: '^[^/\\\\]*\\{yyyy-?MM-?dd\\}[^/\\\\]*$' }),
          },
          closedObject,
        ),
        Type.Object({ from: Type.Literal('settlement') }, { ...closedObject, description: '当日终端结算时返回的内容 / What the terminals returned when they were settled that day' }),
      ],
      { title: '来源 / Source' },
    ),
    encoding: Type.Optional(Type.Union([Type.Literal('gbk'), Type.Literal('utf8')], { title: '编码 / Encoding', default: 'gbk' })),
    layout: Type.Union(
      [
        Type.Object({ kind: Type.Literal('csv'), delimiter: Type.Optional(Type.String({ minLength: 1, maxLength: 1, default: ',' })) }, closedObject),
        Type.Object({ kind: Type.Literal('fixedWidth'), recordBytes: Type.Integer({ description: '一行的字节数，不含行尾 / bytes of a row without its line end', minimum: 1, maximum: 10_000 }) }, closedObject),
      ],
      { title: '格式 / Layout' },
    ),
    headerLines: Type.Optional(Type.Integer({ title: '表头行数 / Header lines', minimum: 0, maximum: 50, default: 0 })),
    columns: Type.Object(
      {
        kind: ColumnSchema,
        amount: ColumnSchema,
        date: ColumnSchema,
        time: Type.Optional(ColumnSchema),
        terminalNo: ColumnSchema,
        batchNo: Type.Optional(ColumnSchema),
        voucherNo: ColumnSchema,
        referenceNo: ColumnSchema,
        fee: Type.Optional(ColumnSchema),
        tradeNo: Type.Optional(ColumnSchema),
        fundingSource: Type.Optional(ColumnSchema),
      },
      { ...closedObject, title: '列 / Columns' },
    ),
    amountUnit: Type.Union([Type.Literal('fen'), Type.Literal('yuan')], { title: '金额单位 / Unit of amounts' }),
    kinds: Type.Object(
      { payment: words('消费 / Sale'), refund: words('退货, 撤销 / Refund, void'), ignore: Type.Optional(words('余额查询 … / Balance inquiry …')) },
      { ...closedObject, title: '交易类型 / Words of the kind column', description: '未列入的词使整个文件作废 / A word that is listed nowhere makes the file malformed' },
    ),
    totals: Type.Optional(
      Type.Object(
        { startsWith: Type.String({ minLength: 1, maxLength: 40 }), lines: ColumnSchema, paymentAmount: Type.Optional(ColumnSchema), refundAmount: Type.Optional(ColumnSchema) },
        { ...closedObject, title: '合计行 / Totals row' },
      ),
    ),
  },
  { ...closedObject, title: '对账文件 / Daily file' },
);
export type StatementSettings = Static<typeof StatementSettingsSchema>;
