import pg from "pg";

const OID = { bytea: 17, int8: 20, date: 1082, timestamp: 1114, interval: 1186 } as const;
const ARRAY_OID = { int8: 1016, date: 1182, text: 1009 } as const;

const textArray = pg.types.getTypeParser(ARRAY_OID.text as number) as (value: string) => (string | null)[];

/**
 * How values come out of the database: int8 as bigint (amounts in fen), date as its own text (a `Day`), timestamptz as
 * Date, numeric as string. Kept per connection, so that other users of `pg` in this process are not affected.
 */
export const valueTypes: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: string) {
    if (format !== "binary") {
      switch (oid) {
        case OID.int8:
          return (value: string) => BigInt(value);
        case OID.date:
        case OID.timestamp:
        case OID.interval:
          return (value: string) => value;
        case ARRAY_OID.int8:
          return (value: string) => textArray(value).map((item) => (item === null ? null : BigInt(item)));
        case ARRAY_OID.date:
          return textArray;
      }
    }
    return pg.types.getTypeParser(oid, format as "text");
  },
};
