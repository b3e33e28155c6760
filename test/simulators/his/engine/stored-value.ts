/**
 * How a T-SQL value is kept in SQLite and in variables:
 * integers, bit, decimal and money as a bigint (decimals scaled by their type's scale, so money never meets a float);
 * float and real as a number; strings, dates (sortable text) and uniqueidentifier as a string; binary as bytes.
 */
export type StoredValue = null | bigint | number | string | Uint8Array;
