import { randomInt } from "node:crypto";
import { createInterface } from "node:readline/promises";
import { Trouble } from "../db/trouble.ts";
import { newId } from "../kernel/ids.ts";
import { isRefusal, type Or, type Refusal, sentence } from "../kernel/refusal.ts";
import { parseName } from "../kernel/text.ts";
import type { Text } from "../kernel/words.ts";
import { type Installation, openInstallation } from "../main.ts";
import { createPerson } from "../people/index.ts";
import { createOfficer, totpUri } from "../people/sign-in/index.ts";
import {
  createUnit,
  foundInstallation,
  foundPost,
  isUnionLevel,
  systemScope,
  type UnionLevel,
} from "../units/index.ts";
import { type Command, config, readArgs, say, WrongUsage } from "./command.ts";

/** What setup must know; each is an option, and on a terminal a question. */
interface Answers {
  readonly name: string;
  readonly region: string;
  readonly level: UnionLevel;
  readonly officer: string;
  readonly login: string;
  readonly password: string;
}

export const command: Command = {
  summary: {
    zh: "建立真实安装的第一个工会和第一名管理员",
    en: "found a real installation's first union and first officer",
  },
  usage: ["setup --name 工会名称 --region 340104 --officer 姓名 --login LOGIN [--level COUNTY]"],
  help: {
    zh: "在空数据库上执行一次。没给的内容会逐项询问。密码由环境变量 ZHIJIA_PASSWORD 给出，没有就随机生成并只显示一次。",
    en: "Run once, on an empty database. What is not given is asked for. The password comes from ZHIJIA_PASSWORD; without it one is made and shown once.",
  },
  async run(args) {
    const text = { type: "string" } as const;
    const { values } = readArgs(args, { name: text, region: text, level: text, officer: text, login: text });
    const answers = await complete(values);
    const installation = await openInstallation(config(), { attach: true });
    try {
      return await setUp(installation, answers);
    } finally {
      await installation.close();
    }
  },
};

const questions: Readonly<Record<"name" | "region" | "officer" | "login", Text>> = {
  name: { zh: "工会名称", en: "Name of the union" },
  region: { zh: "行政区划代码（6 位）", en: "Region code (6 digits)" },
  officer: { zh: "管理员姓名", en: "Name of the administrator" },
  login: { zh: "登录名（字母、数字）", en: "Login name (letters, digits)" },
};

async function complete(values: Readonly<Record<string, string | boolean | undefined>>): Promise<Answers> {
  const given: Record<string, string> = {};
  const ask = process.stdin.isTTY ? createInterface({ input: process.stdin, output: process.stdout }) : null;
  try {
    for (const [key, question] of Object.entries(questions)) {
      const value = values[key];
      if (typeof value === "string" && value.trim() !== "") given[key] = value.trim();
      else if (ask) given[key] = (await ask.question(`${question.zh} · ${question.en}: `)).trim();
      else throw new WrongUsage(`缺少 --${key}（${question.zh}）`, `--${key} is missing (${question.en})`);
    }
  } finally {
    ask?.close();
  }
  const { name = "", region = "", officer = "", login = "" } = given;
  const level = values["level"] ?? levelOf(region);
  if (!isUnionLevel(level)) throw new WrongUsage(`没有这个层级：${level}`, `no such level: ${level}`);
  return { name, region, officer, login, level, password: process.env["ZHIJIA_PASSWORD"] ?? madePassword() };
}

/** The level of a region's own federation. */
function levelOf(region: string): UnionLevel {
  if (/^\d\d0000$/.test(region)) return "PROVINCIAL";
  return /^\d{4}00$/.test(region) ? "PREFECTURE" : "COUNTY";
}

/** Letters and digits that cannot be mistaken for one another. */
const signs = "abcdefghjkmnpqrstuvwxyz23456789";

function madePassword(): string {
  return Array.from({ length: 4 }, () =>
    Array.from({ length: 4 }, () => signs[randomInt(signs.length)]).join(""),
  ).join("-");
}

async function setUp({ db, ring, clock }: Installation, answers: Answers): Promise<number> {
  const by = { person: null, at: clock.now(), day: clock.today() };
  const made = await db.system(
    async (tx): Promise<Or<{ readonly code: string; readonly totpSecret: string }>> => {
      const empty = await foundInstallation(tx);
      if (isRefusal(empty)) return empty;
      const { name, region, level } = answers;
      const unit = await createUnit(
        tx,
        systemScope(),
        { id: newId<"unit">(), parentId: null, name, level, regionCode: region },
        by,
      );
      if (isRefusal(unit)) return unit;
      const officer = parseName(answers.officer, "/officer");
      if (isRefusal(officer)) return officer;
      const person = await createPerson(tx, ring, { unit, name: officer, identity: null }, by.day);
      if (isRefusal(person)) return person;
      const { login, password } = answers;
      const who = { person: person.id, district: person.district, login, password, now: by.at };
      const account = await createOfficer(tx, ring, who);
      if (isRefusal(account)) return account;
      const post = await foundPost(tx, {
        id: newId<"post">(),
        unitId: unit.id,
        personId: person.id,
        personName: person.name,
        personDistrict: person.district,
        role: "admin",
        from: by.day,
      });
      return isRefusal(post) ? post : { code: unit.code, totpSecret: account.totpSecret };
    },
  );
  if (isRefusal(made)) throw troubleOf(made);
  say({
    zh: `已建立「${answers.name}」，工会编码 ${made.code}。`,
    en: `“${answers.name}” stands; its code is ${made.code}.`,
  });
  say({ zh: `登录名 ${answers.login}`, en: `login name ${answers.login}` });
  if (process.env["ZHIJIA_PASSWORD"] === undefined)
    say({
      zh: `密码 ${answers.password}（只显示这一次）`,
      en: `password ${answers.password} (shown this once)`,
    });
  say({
    zh: `动态码密钥 ${made.totpSecret}（录入手机验证器）\n${totpUri(made.totpSecret, answers.login, "职家")}`,
    en: "secret of the one-time codes, for an authenticator app: the address above",
  });
  return 0;
}

function troubleOf(refusal: Refusal): Trouble {
  const all = [refusal, ...(refusal.also ?? [])];
  const told = (lang: "zh" | "en"): string => all.map((one) => sentence(one, lang)).join("\n");
  return new Trouble(refusal.code.replaceAll("-", "_"), told("zh"), told("en"));
}
