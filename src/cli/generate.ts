import { openDatabase } from "../db/pool.ts";
import { Trouble } from "../db/trouble.ts";
import { trialPassword } from "../demo/federation.ts";
import { generateFederation } from "../demo/generate/generate.ts";
import { presets } from "../demo/generate/presets.ts";
import type { GenerateProgress, GenerateRequest } from "../demo/generate/request.ts";
import { shapeNames } from "../demo/generate/shape.ts";
import { openSignIns } from "../demo/generate/sign-ins.ts";
import { openInstallation } from "../installation.ts";
import { trialTotp } from "../people/sign-in/index.ts";
import { roleTitles } from "../units/powers.ts";
import { type Command, config, progress, readArgs, say, WrongUsage } from "./command.ts";

const presetLines = (lang: "zh" | "en"): string =>
  Object.entries(presets)
    .map(([name, { title }]) => `  ${name.padEnd(10)} ${title[lang]}`)
    .join("\n");

export const command: Command = {
  summary: {
    zh: "生成虚构的联合会（99 区划），供压测和试用",
    en: "generate a fictitious federation (region 99), for benches and trials",
  },
  usage: [
    "generate federation --members N --units N [--cases N] [--seed S] [--shape realistic|wide|deep]",
    `generate federation --preset ${Object.keys(presets).join("|")} [--cases N] [--seed S] [--shape …]`,
  ],
  help: {
    zh: `只能在空数据库上生成。同样的种子得到同样的工会和会员，同一天运行得到同样的办件。--cases 是近三年的办件数（含资金、批次和发放），需要六层以上的树和一百名以上会员。\n--shape：realistic 按实际比例，wide 全部单位工会在一个县下，deep 单位工会十层相套。\n预设：\n${presetLines("zh")}`,
    en: `Into an empty database only. The same seed gives the same unions and members, and on the same day the same cases. --cases are those of the last three years, with funds, batches and payments; they need a tree of six levels and a hundred members.\n--shape: realistic as in life, wide all workplaces under one county, deep workplaces ten under one another.\nPresets:\n${presetLines("en")}`,
  },
  async run(args) {
    const request = requestOf(args);
    const installation = await openInstallation(config(), { attach: true });
    // As the owner: bulk loading does not pass the wall between viewers.
    const db = openDatabase({ connection: installation.owner, role: null, max: 4, statementTimeoutMs: 0 });
    const bar = progress();
    try {
      const filled = await db.systemRead((tx) =>
        tx.selectFrom("unit").select("id").limit(1).executeTakeFirst(),
      );
      if (filled !== undefined) {
        throw new Trouble(
          "database_not_empty",
          "数据库里已有工会，只能在空数据库上生成。请换一个 ZHIJIA_DATA 或数据库。",
          "The database has unions already; generate into an empty one: another ZHIJIA_DATA or database.",
        );
      }
      const made = await generateFederation(db, installation.ring, {
        ...request,
        progress: (what) => bar.show(progressLine(what)),
      });
      const signIns = await openSignIns(db, installation.ring, request, installation.clock.now());
      bar.end();
      const seconds = made.seconds.toFixed(1);
      const [memberRate, caseRate] = [
        Math.round((made.members || made.units) / made.copySeconds),
        Math.round(made.cases / Math.max(made.caseCopySeconds, 0.001)),
      ];
      say({
        zh: `已生成 ${made.units} 个工会、${made.members} 名会员、${made.cases} 件办件，用时 ${seconds} 秒（含建索引）。`,
        en: `Generated ${made.units} unions, ${made.members} members and ${made.cases} cases in ${seconds} s, indexes included.`,
      });
      say({
        zh: `写入速度：每秒 ${memberRate} ${made.members > 0 ? "名会员" : "个工会"}${made.cases > 0 ? `、${caseRate} 件办件` : ""}。`,
        en: `While copying: ${memberRate} ${made.members > 0 ? "members" : "unions"} a second${made.cases > 0 ? `, ${caseRate} cases a second` : ""}.`,
      });
      if (signIns.length > 0) {
        say({
          zh: `可以登录试看的干部（/o），密码 ${trialPassword}，动态码 ${trialTotp}：`,
          en: `Officers to sign in as (/o), password ${trialPassword}, one-time code ${trialTotp}:`,
        });
        for (const { login, name, unit, role } of signIns)
          process.stdout.write(
            `  ${login.padEnd(22)} ${name} ${unit} ${roleTitles[role].zh} ${roleTitles[role].en}\n`,
          );
      }
      return 0;
    } finally {
      bar.end();
      await db.close();
      await installation.close();
    }
  },
};

const stages: Readonly<Record<GenerateProgress["of"], string>> = {
  members: "会员 members",
  units: "工会 unions",
  cases: "办件 cases",
  indexes: "索引 indexes",
};

function progressLine({ of, done, all }: GenerateProgress): string {
  return `${stages[of]}  ${Math.floor((done / Math.max(1, all)) * 100)}%  ${done}`;
}

function requestOf(args: readonly string[]): GenerateRequest & { readonly cases: number } {
  const options = {
    members: { type: "string" },
    units: { type: "string" },
    cases: { type: "string" },
    preset: { type: "string" },
    shape: { type: "string", default: "realistic" },
    seed: { type: "string", default: "1" },
  } as const;
  const { values, positionals } = readArgs(args, options, ["federation"]);
  if (positionals[0] !== "federation")
    throw new WrongUsage("只能生成 federation", "only a federation can be generated");
  const shape = shapeNames.find((name) => name === values.shape);
  if (!shape)
    throw new WrongUsage(`--shape 应为 ${shapeNames.join("、")}`, `--shape is ${shapeNames.join(", ")}`);
  const seed = whole(values.seed, "--seed");
  const sizes = sizesOf(values);
  if (sizes.units < 1) throw new WrongUsage("--units 至少为 1", "--units is at least 1");
  if (sizes.members > membersMost)
    throw new WrongUsage(`--members 至多为 ${membersMost}`, `--members is at most ${membersMost}`);
  if (sizes.cases > 0 && (sizes.units < 6 || sizes.members < 100))
    throw new WrongUsage(
      "生成办件至少要 6 个工会、100 名会员",
      "cases need at least 6 unions and 100 members",
    );
  return { ...sizes, seed, shape };
}

/** Identity and telephone numbers, and the serials of members, are unique up to here. */
const membersMost = 50_000_000;

function sizesOf(values: {
  readonly preset?: string | undefined;
  readonly members?: string | undefined;
  readonly units?: string | undefined;
  readonly cases?: string | undefined;
}) {
  if (values.preset === undefined)
    return {
      members: whole(values.members, "--members"),
      units: whole(values.units, "--units"),
      cases: whole(values.cases ?? "0", "--cases"),
    };
  const preset = Object.hasOwn(presets, values.preset) ? presets[values.preset] : undefined;
  if (!preset)
    throw new WrongUsage(
      `没有预设 ${values.preset}，可用：${Object.keys(presets).join("、")}`,
      `no preset ${values.preset}; there are ${Object.keys(presets).join(", ")}`,
    );
  if (values.members !== undefined || values.units !== undefined)
    throw new WrongUsage("--preset 已定会员数和工会数", "--preset says how many members and units there are");
  const { members, units } = preset;
  return {
    members,
    units,
    cases: values.cases === undefined ? preset.cases : whole(values.cases, "--cases"),
  };
}

function whole(text: string | undefined, name: string): number {
  const number = Number(text);
  if (text !== undefined && /^\d+$/.test(text) && Number.isSafeInteger(number)) return number;
  throw new WrongUsage(`${name} 应是整数`, `${name} must be a whole number`);
}
