import { addDays, type Day } from "../../../kernel/day.ts";
import { type Hash, link } from "../../../kernel/hash.ts";
import { actionContent } from "../../../ledger/batch-history.ts";
import { type Draw, drawFrom } from "../draw.ts";
import type { County, DrawnOfficer } from "../officers.ts";
import type { Course } from "./case-worker.ts";
import type { Learned, LearnedBatch, Lessons, MoneyTable, Row } from "./learn.ts";
import { batchFacts, cell } from "./template.ts";

type Table = MoneyTable | "transfer";

/** The numbers given and the money paid in one county, so that its books tie when its cases are written. */
export interface CountyMoney {
  /** The numbers of one course, and its place in a batch when it is paid. */
  numbers(learned: Learned, shift: number): Pick<Course, "numbers" | "fileNo" | "batch">;
  /** Everything beside the cases, as lines for COPY. */
  lines(): Readonly<Record<Table, string>>;
}

interface Fund {
  readonly id: string;
  readonly name: string;
  readonly year: string;
  readonly learned: LearnedBatch;
  /** By the roles of the pattern's accounts. */
  readonly accounts: Readonly<Record<string, string>>;
  readonly receipt: { readonly id: string; readonly number: number };
  spentFen: bigint;
}

interface Batch {
  readonly id: string;
  readonly number: string;
  readonly learned: LearnedBatch;
  readonly shift: number;
  readonly fund: Fund;
  readonly voucher: { readonly id: string; readonly number: number };
  items: number;
  totalFen: bigint;
}

/**
 * A county's books, repeatable from the seed and its district. Numbers count on in the order they are asked
 * for; funds and batches are made when first needed. `lines` draws ids as well: it is asked once, after the
 * last course.
 */
export function moneyFor(
  lessons: Lessons,
  seed: number,
  { county }: County,
  officers: readonly DrawnOfficer[],
): CountyMoney {
  const { district } = county;
  const draw = drawFrom(seed ^ 0x3c6ef372, Number(district));
  const id = (on: Day): string => draw.id(Date.parse(`${on}T00:00:00Z`));
  const serials = new Map<string, number>();
  const next = (key: string): number => {
    const given = (serials.get(key) ?? 0) + 1;
    serials.set(key, given);
    return given;
  };
  const batchSerials = new Map<string, number>();
  const months = new Map<string, number>();
  const nextVoucher = (on: Day): number => {
    const month = on.slice(0, 7);
    const given = (months.get(month) ?? 0) + 1;
    months.set(month, given);
    return given;
  };
  const funds = new Map<string, Fund>();
  const batches = new Map<string, Batch>();

  const fundOf = (learned: LearnedBatch, year: string): Fund => {
    const known = funds.get(year);
    if (known) return known;
    const received = receivedOn(year);
    const made: Fund = {
      id: id(received),
      name: (learned.rows.fund[0]!.name as string).replace(/^\d{4}/, year),
      year,
      learned,
      accounts: Object.fromEntries(learned.rows.account_book.map(({ role }) => [role, id(received)])),
      receipt: { id: id(received), number: nextVoucher(received) },
      spentFen: 0n,
    };
    funds.set(year, made);
    return made;
  };

  const batchOf = (key: string, shift: number): Batch => {
    const known = batches.get(`${key}/${shift}`);
    if (known) return known;
    const learned = lessons.batches.find((one) => one.id === key)!;
    const madeOn = addDays(learned.rows.batch[0]!.made_on as Day, -shift);
    const paidOn = addDays(paymentOf(learned).on_day as Day, -shift);
    const year = madeOn.slice(0, 4);
    const serial = (batchSerials.get(year) ?? 0) + 1;
    batchSerials.set(year, serial);
    const made: Batch = {
      id: id(madeOn),
      number: `${year}-${district}-F-${String(serial).padStart(4, "0")}`,
      learned,
      shift,
      fund: fundOf(learned, year),
      voucher: { id: id(paidOn), number: nextVoucher(paidOn) },
      items: 0,
      totalFen: 0n,
    };
    batches.set(`${key}/${shift}`, made);
    return made;
  };

  const place = { district, unit_id: county.id, path: county.path };
  return {
    numbers(learned, shift) {
      const numbers = learned.rows.case_file.map((row) => {
        const year = addDays(row.opened_on as Day, -shift).slice(0, 4);
        const serial = next(`${year}/${row.service}`);
        return `${year}-${district}-${(row.number as string).split("-")[2]}-${String(serial).padStart(5, "0")}`;
      });
      const filed = learned.rows.hardship_file[0]?.filed_on as Day | undefined;
      const year = filed && addDays(filed, -shift).slice(0, 4);
      const fileNo = year
        ? `${district}${year}${String(next(`${year}/hardship-file-no`)).padStart(5, "0")}`
        : "";
      if (learned.batch === null) return { numbers, fileNo, batch: null };
      const batch = batchOf(learned.batch, shift);
      const amount = learned.rows.aid_grant[0]!.amount_fen as bigint;
      batch.items++;
      batch.totalFen += amount;
      batch.fund.spentFen += amount;
      const { fund } = batch;
      return {
        numbers,
        fileNo,
        batch: {
          id: batch.id,
          number: batch.number,
          fundId: fund.id,
          fundName: fund.name,
          voucherId: batch.voucher.id,
          position: String(batch.items),
          debitId: fund.accounts.RIGHTS!,
          creditId: fund.accounts.BANK!,
        },
      };
    },
    lines() {
      const lines: Record<Table, string> = { ...nothing };
      const write = (table: Table, row: Row): void => {
        lines[table] +=
          `${lessons.columns[table]!.map(({ name, type }) => cell(row[name], type)).join("\t")}\n`;
      };
      for (const [key, last] of serials) {
        const [year, service] = key.split("/");
        write("case_serial", { district, year, service, last });
      }
      for (const [year, last] of batchSerials) write("batch_serial", { district, year, last });
      for (const [month, vouchers] of months) write("book_month", { ...place, month, vouchers });
      const [book] = lessons.batches[0]!.rows.book;
      if (months.size > 0) write("book", { ...book, ...place });
      for (const fund of funds.values()) writeFund(write, draw, lessons, place, officers, fund);
      for (const batch of batches.values()) writeBatch(write, draw, lessons, place, officers, batch);
      return lines;
    },
  };
}

const nothing: Readonly<Record<Table, string>> = {
  case_serial: "",
  fund: "",
  book: "",
  book_month: "",
  account_book: "",
  voucher: "",
  batch_serial: "",
  batch: "",
  batch_action: "",
  bank_result: "",
  transfer: "",
};

const receivedOn = (year: string): Day => `${year}-01-02` as Day;
const paymentOf = (learned: LearnedBatch): Row =>
  learned.rows.voucher.find(({ kind }) => kind === "payment")!;

type Place = { readonly district: string; readonly unit_id: string; readonly path: string };
type Write = (table: Table, row: Row) => void;

/** A year's fund: received in January with a quarter more than is spent, its accounts and the receipt. */
function writeFund(
  write: Write,
  draw: Draw,
  lessons: Lessons,
  place: Place,
  officers: readonly DrawnOfficer[],
  fund: Fund,
): void {
  const [learned] = fund.learned.rows.fund;
  const step = 10_000_000n;
  const inFen = ((fund.spentFen * 5n) / 4n / step + 3n) * step;
  const change = exchanger(lessons, place, officers, 0, new Map());
  const named = { id: fund.id, name: fund.name, year: Number(fund.year) };
  write("fund", {
    ...learned,
    ...place,
    ...named,
    in_fen: inFen,
    committed_fen: 0n,
    spent_fen: fund.spentFen,
  });
  const moved: Readonly<Record<string, readonly [bigint, bigint]>> = {
    SUPERIOR_SUBSIDY: [0n, inFen],
    BANK: [inFen, fund.spentFen],
    RIGHTS: [fund.spentFen, 0n],
  };
  for (const row of fund.learned.rows.account_book) {
    const [debit_fen, credit_fen] = moved[row.role as string]!;
    write("account_book", {
      ...row,
      ...place,
      id: fund.accounts[row.role as string],
      fund_id: fund.id,
      debit_fen,
      credit_fen,
    });
  }
  const receipt = fund.learned.rows.voucher.find(({ kind }) => kind === "receipt")!;
  const on = receivedOn(fund.year);
  const at = `${on} 09:00:00+08`;
  write("voucher", {
    ...(change(receipt) as Row),
    ...place,
    id: fund.receipt.id,
    number: fund.receipt.number,
    month: on.slice(0, 7),
    on_day: on,
    at,
    source: { event: "receipt", fundId: fund.id },
  });
  write("transfer", {
    ...place,
    id: draw.id(Date.parse(`${on}T00:00:00Z`)),
    voucher_id: fund.receipt.id,
    debit_id: fund.accounts.BANK,
    credit_id: fund.accounts.SUPERIOR_SUBSIDY,
    amount_fen: inFen,
    on_day: on,
    at,
  });
}

/** A batch with its history, the voucher of its payment and the bank's answer. */
function writeBatch(
  write: Write,
  draw: Draw,
  lessons: Lessons,
  place: Place,
  officers: readonly DrawnOfficer[],
  batch: Batch,
): void {
  const { learned, shift, fund } = batch;
  const facts = batchFacts(learned);
  const many = learned.rows.batch[0]!.items as number;
  const change = exchanger(
    lessons,
    place,
    officers,
    shift,
    new Map([
      [facts.id, batch.id],
      [facts.number, batch.number],
      [facts.fundId, fund.id],
      [facts.fundName, fund.name],
      [facts.voucherId, batch.voucher.id],
      [`发放${many}笔`, `发放${batch.items}笔`],
    ]),
    new Map([[many, batch.items]]),
  );
  let previous: Hash | null = null;
  for (const row of learned.rows.batch_action) {
    const made = change(row) as Record<string, unknown>;
    if (row.seq !== 1) made.id = draw.id(Date.parse(made.at as string));
    made.at = new Date(made.at as string);
    previous = link(
      previous,
      actionContent(batch.id, {
        seq: made.seq,
        id: made.id,
        name: made.name,
        byPerson: made.by_person,
        byName: made.by_name,
        byRole: made.by_role,
        at: made.at,
        onDay: made.on_day,
        fromState: made.from_state,
        toState: made.to_state,
        answers: made.answers,
      } as never),
    );
    write("batch_action", { ...made, hash: Buffer.from(previous, "hex") });
  }
  write("batch", {
    ...(change(learned.rows.batch[0]!) as Row),
    ...place,
    total_fen: batch.totalFen,
    paid_fen: batch.totalFen,
    items: batch.items,
    head_hash: Buffer.from(previous!, "hex"),
  });
  const payment = change(paymentOf(learned)) as Record<string, unknown>;
  write("voucher", {
    ...payment,
    ...place,
    number: batch.voucher.number,
    month: (payment.on_day as string).slice(0, 7),
  });
  for (const row of learned.rows.bank_result)
    write("bank_result", { ...(change(row) as Row), path: place.path });
}

/** Exchanges the pattern's place, officers and days wherever they stand, and the words and counts given. */
function exchanger(
  lessons: Lessons,
  place: Place,
  officers: readonly DrawnOfficer[],
  shift: number,
  words: ReadonlyMap<string, string>,
  counts: ReadonlyMap<number, number> = new Map(),
): (value: unknown) => unknown {
  const said = new Map<string, string>([
    ...words,
    [lessons.district, place.district],
    [lessons.units.county.id, place.unit_id],
    [lessons.units.county.path, place.path],
  ]);
  for (const { login, person } of officers) {
    const played = lessons.officers[login];
    if (!played) continue;
    said.set(played.id, person.id);
    said.set(played.name, person.name);
  }
  const inside = [...words].filter(([word]) => !/^[0-9a-f-]{36}$/.test(word));
  const text = (one: string): string => {
    const whole = said.get(one);
    if (whole !== undefined) return whole;
    if (/^\d{4}-\d{2}-\d{2}$/.test(one)) return addDays(one as Day, -shift);
    return inside.reduce((line, [word, other]) => line.replace(word, other), one);
  };
  const change = (value: unknown, key = ""): unknown => {
    if (typeof value === "string") return text(value);
    if (typeof value === "number" && /^(?:items|paid|lines)$/.test(key)) return counts.get(value) ?? value;
    if (value instanceof Date) return new Date(value.getTime() - shift * 86_400_000).toISOString();
    if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
    if (Array.isArray(value)) return value.map((one) => change(one));
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, change(one, name)]));
  };
  return change;
}
