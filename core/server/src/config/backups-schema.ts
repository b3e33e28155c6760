import { Type } from 'typebox';

const closed = { additionalProperties: false } as const;

/** Where backups (备份) go, who can open them, and how long they stay. */
export const BackupsSchema = Type.Object(
  {
    targets: Type.Array(
      Type.Object(
        {
          id: Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 32 }),
          folder: Type.String({ minLength: 1, description: 'a mounted disk or share that holds the file .hospay-backup-target; relative to the data folder' }),
          makes: Type.Optional(Type.Boolean({ description: 'makes the folder and its mark when they are not there: for demos, never for what is mounted' })),
        },
        closed,
      ),
      { maxItems: 10, description: '备份位置: every set goes to each of them' },
    ),
    recipients: Type.Array(
      Type.Object({ recipient: Type.String({ pattern: '^age1[02-9ac-hj-np-z]{58}$', description: 'an age recipient (age1…); its identity is kept where the box is not' }), title: Type.String({ minLength: 1, maxLength: 60 }) }, closed),
      { maxItems: 10, description: '备份密钥: who can open a set beside the appliance itself; without one a burnt box is lost with its backups' },
    ),
    keep: Type.Object(
      {
        daily: Type.Integer({ minimum: 1, maximum: 400, description: 'of so many last days the newest set each' }), weekly: Type.Integer({ minimum: 0, maximum: 400, description: 'of so many last weeks the newest set each' }),
        monthly: Type.Integer({ minimum: 0, maximum: 400, description: 'of so many last months the newest set each' }),
      },
      { ...closed, description: '备份保留' },
    ),
  },
  { ...closed, description: '备份' },
);
