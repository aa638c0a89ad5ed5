import { type Day, yearsBetween } from "../../../kernel/day.ts";
import { divide, type Fen, formatYuan } from "../../../kernel/money.ts";
import type { Text } from "../../../kernel/words.ts";
import type { AccidentRule, RigidKind } from "../policies.ts";

/** The parameters of the income test, as pinned by the case (aid.md §3). */
export interface IncomeRules {
  /** L, per person and month. */
  readonly lineFen: Fen;
  /** k in basis points: 20,000 is twice the line. */
  readonly kBp: number;
  readonly deepOperator: "lt" | "le";
  readonly relativeOperator: "lt" | "le";
  readonly accident: AccidentRule;
  readonly rigid: readonly { readonly kind: RigidKind; readonly capFen: number | null }[];
  readonly imputedWageFen: Fen;
  /** Years of age: from the first, before the second. */
  readonly workingAge: { readonly from: number; readonly until: number };
  readonly uncounted: readonly string[];
}

/** A member of the household as the test needs them. Amounts are never negative. */
export interface TestMember {
  readonly label: Text;
  readonly key: string;
  readonly born: Day | null;
  readonly workStatus: string;
  /** Whether they show what they earn, or that they earn nothing. */
  readonly hasProof: boolean;
  /** Whether health lets them work; whoever says they work does. */
  readonly isAble: boolean;
}

/** Income of the twelve months before the application. */
export interface TestIncome {
  readonly member: string;
  readonly kind: string;
  readonly label: Text;
  readonly amountFen: Fen;
}

/** An outlay of the same twelve months: what it cost and what others paid of it. */
export interface TestExpense {
  readonly kind: RigidKind;
  readonly label: Text;
  readonly grossFen: Fen;
  readonly reimbursedFen: Fen;
}

/** A sudden event and what the family itself paid for it after insurance and relief. */
export interface TestEvent {
  readonly costFen: Fen;
  readonly compensatedFen: Fen;
}

export interface IncomeInput {
  readonly day: Day;
  /** Whether the household has a home of its own: then rent is no outlay it cannot avoid. */
  readonly ownsHome: boolean;
  readonly members: readonly TestMember[];
  readonly incomes: readonly TestIncome[];
  readonly expenses: readonly TestExpense[];
  readonly event: TestEvent | null;
  readonly mainCause: string;
}

export type Category = "deep" | "relative" | "accident" | "none";

/** One line of the receipt. Amounts are integer fen: the receipt is kept as JSON. */
export interface ReceiptLine {
  readonly label: Text;
  readonly amountFen: number;
  readonly counted: boolean;
  readonly why?: Text;
}

/** One of the three tests and what it said. */
export interface SubResult {
  readonly test: "deep" | "relative" | "accident";
  readonly passed: boolean;
  readonly sentence: Text;
}

/** The whole test as a receipt: what was counted, the arithmetic, three results, the category. */
export interface Receipt {
  readonly people: number;
  readonly incomeFen: number;
  readonly expenseFen: number;
  /** N in fen, two decimals of yuan, rounded for showing only. */
  readonly netFen: number;
  readonly lineFen: number;
  readonly upperFen: number;
  readonly income: readonly ReceiptLine[];
  readonly expense: readonly ReceiptLine[];
  readonly formula: Text;
  readonly results: readonly SubResult[];
  readonly category: Category;
}

const months = 12n;
const whole = 10_000n;

/**
 * The income test of aid.md §3: N = (I − E) / 12 / n, compared exactly (no rounding before comparing; a negative N is
 * below every line). First deep and relative without the event; only when neither holds the event is tried. Pure.
 */
export function incomeTest(input: IncomeInput, rules: IncomeRules): Receipt {
  const income = [...statedIncome(input, rules), ...imputed(input, rules)];
  const expense = rigid(input, rules);
  const incomeFen = total(income);
  const expenseFen = total(expense);
  const people = BigInt(Math.max(1, input.members.length));
  const net = incomeFen - expenseFen;
  const lineScaled = rules.lineFen * months * people;
  const deep = rules.deepOperator === "lt" ? net < lineScaled : net <= lineScaled;
  const upperScaled = lineScaled * BigInt(rules.kBp);
  const relative =
    !deep && (rules.relativeOperator === "lt" ? net * whole < upperScaled : net * whole <= upperScaled);
  const accident = !deep && !relative ? accidentTest(input, rules, incomeFen, net, people) : null;
  const netFen = divide(net, months * people, "halfUp");
  const upperFen = (rules.lineFen * BigInt(rules.kBp)) / whole;
  const category: Category = deep ? "deep" : relative ? "relative" : accident?.passed ? "accident" : "none";
  return {
    people: Number(people),
    incomeFen: Number(incomeFen),
    expenseFen: Number(expenseFen),
    netFen: Number(netFen),
    lineFen: Number(rules.lineFen),
    upperFen: Number(upperFen),
    income,
    expense,
    formula: formulaText(incomeFen, expenseFen, people, netFen),
    results: [
      lineResult("deep", deep, netFen, rules.lineFen, rules.deepOperator),
      deep
        ? {
            test: "relative",
            passed: false,
            sentence: { zh: "已属深度困难，不再比较", en: "already in deep hardship; not compared" },
          }
        : lineResult("relative", relative, netFen, upperFen, rules.relativeOperator),
      accident ?? {
        test: "accident",
        passed: false,
        sentence: { zh: "已按收入认定，不再比较意外支出", en: "decided by income; the event is not tried" },
      },
    ],
    category,
  };
}

function statedIncome(input: IncomeInput, rules: IncomeRules): ReceiptLine[] {
  return input.incomes.map((one) => {
    const counted = !rules.uncounted.includes(one.kind);
    return {
      label: one.label,
      amountFen: Number(one.amountFen),
      counted,
      ...(!counted && { why: { zh: "按当地规定不计入", en: "not counted by the local rule" } }),
    };
  });
}

const ableStatuses: readonly string[] = ["on_post", "waiting", "unemployed", "flexible"];

/**
 * Able members of working age, not studying, without proof: they are reckoned at the local minimum wage. What they say they
 * earn counts towards it, so that an unproven word lowers nothing.
 */
function imputed(input: IncomeInput, rules: IncomeRules): ReceiptLine[] {
  if (rules.imputedWageFen === 0n) return [];
  return input.members
    .filter((one) => {
      const { from, until } = rules.workingAge;
      // Of whom no day of birth is known, what they say of their work decides.
      const age = one.born ? yearsBetween(one.born, input.day) : from;
      return (
        !one.hasProof && one.isAble && age >= from && age < until && ableStatuses.includes(one.workStatus)
      );
    })
    .flatMap((one) => {
      const lacking = rules.imputedWageFen * months - said(one, input, rules);
      if (lacking <= 0n) return [];
      const reckoned = `${formatYuan(rules.imputedWageFen)} × 12`;
      const isWhole = lacking === rules.imputedWageFen * months;
      return {
        label: { zh: `${one.label.zh}：按最低工资计`, en: `${one.label.en}: minimum wage reckoned` },
        amountFen: Number(lacking),
        counted: true,
        why: {
          zh: `无收入证明，${reckoned} 个月${isWhole ? "" : "，减去自述收入"}`,
          en: `no proof of income, ${reckoned} months${isWhole ? "" : ", less what was stated"}`,
        },
      };
    });
}

/** What a member says they earned, of the kinds that count. */
function said(member: TestMember, input: IncomeInput, rules: IncomeRules): Fen {
  return input.incomes.reduce(
    (sum, one) =>
      one.member === member.key && !rules.uncounted.includes(one.kind) ? sum + one.amountFen : sum,
    0n,
  );
}

function rigid({ expenses, ownsHome }: IncomeInput, rules: IncomeRules): ReceiptLine[] {
  const left = new Map(rules.rigid.map((one) => [one.kind, one.capFen === null ? null : BigInt(one.capFen)]));
  return expenses.map((one) => {
    const net = one.grossFen > one.reimbursedFen ? one.grossFen - one.reimbursedFen : 0n;
    const cap = left.get(one.kind);
    if (cap === undefined)
      return {
        label: one.label,
        amountFen: Number(net),
        counted: false,
        why: { zh: "当地不计入这类支出", en: "this kind is not counted here" },
      };
    if (one.kind === "housing" && ownsHome)
      return {
        label: one.label,
        amountFen: Number(net),
        counted: false,
        why: { zh: "家里有房，房租不计入", en: "the household has a home; rent is not counted" },
      };
    const taken = cap === null || net <= cap ? net : cap;
    if (cap !== null) left.set(one.kind, cap - taken);
    return {
      label: one.label,
      amountFen: Number(taken),
      counted: true,
      ...(taken < net && {
        why: {
          zh: `自付 ${formatYuan(net)}，按上限计入`,
          en: `self-paid ${formatYuan(net)}, counted up to the limit`,
        },
      }),
    };
  });
}

function total(lines: readonly ReceiptLine[]): Fen {
  return lines.reduce((sum, one) => sum + (one.counted ? BigInt(one.amountFen) : 0n), 0n);
}

function accidentTest(
  input: IncomeInput,
  rules: IncomeRules,
  incomeFen: Fen,
  net: Fen,
  people: bigint,
): SubResult {
  const { event } = input;
  const paid = event && event.costFen > event.compensatedFen ? event.costFen - event.compensatedFen : 0n;
  if (!event || paid === 0n)
    return {
      test: "accident",
      passed: false,
      sentence: { zh: "没有需家庭自付的突发事件支出", en: "no sudden event the family itself paid for" },
    };
  const rule = rules.accident;
  if (rule.kind === "share") {
    const threshold = incomeFen * BigInt(rule.thresholdBp);
    const passed = rule.operator === "ge" ? paid * whole >= threshold : paid * whole > threshold;
    const shareBp = incomeFen === 0n ? whole : divide(paid * whole, incomeFen, "halfUp");
    const sign = passed ? (rule.operator === "ge" ? "≥" : ">") : rule.operator === "ge" ? "<" : "≤";
    const of = `${formatYuan(paid)} ÷ ${formatYuan(incomeFen)} = ${percentText(shareBp)} ${sign} ${percentText(BigInt(rule.thresholdBp))}`;
    return { test: "accident", passed, sentence: { zh: `事件自付 ${of}`, en: `paid for the event: ${of}` } };
  }
  const after = net - paid;
  const scale = rules.lineFen * months * people;
  const inBand = after * whole >= scale * BigInt(rule.fromBp) && after * whole <= scale * BigInt(rule.toBp);
  const passed = inBand && !rule.notCauses.includes(input.mainCause);
  const shown = formatYuan(divide(after, months * people, "halfUp"));
  const band = `${formatYuan((rules.lineFen * BigInt(rule.fromBp)) / whole)}–${formatYuan((rules.lineFen * BigInt(rule.toBp)) / whole)}`;
  return {
    test: "accident",
    passed,
    sentence: {
      zh: `事件后人均 ${shown}，认定区间 ${band}${inBand && !passed ? "，但主因不属意外" : ""}`,
      en: `${shown} a head after the event; the band is ${band}${inBand && !passed ? ", but the main cause is no misfortune" : ""}`,
    },
  };
}

function lineResult(
  test: "deep" | "relative",
  passed: boolean,
  netFen: Fen,
  lineFen: Fen,
  operator: "lt" | "le",
): SubResult {
  const sign = passed ? (operator === "lt" ? "<" : "≤") : operator === "lt" ? "≥" : ">";
  const sum = `${formatYuan(netFen)} ${sign} ${formatYuan(lineFen)}`;
  return { test, passed, sentence: { zh: `人均净收入 ${sum}`, en: `net income a head ${sum}` } };
}

function formulaText(incomeFen: Fen, expenseFen: Fen, people: bigint, netFen: Fen): Text {
  const sum = `(${formatYuan(incomeFen)} − ${formatYuan(expenseFen)}) ÷ 12 ÷ ${people} = ${formatYuan(netFen)}`;
  return { zh: `人均月净收入 = ${sum}`, en: `Net income a head and month = ${sum}` };
}

function percentText(bp: bigint): string {
  const tenths = divide(bp, 10n, "halfUp");
  return `${tenths / 10n}.${tenths % 10n} %`.replace(".0 %", " %");
}
