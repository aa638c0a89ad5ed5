import { z } from "zod";
import {
  isRefusal,
  type Param,
  type Refusal,
  refuse,
  sentence,
  sourceText,
  statusOf,
} from "../kernel/refusal.ts";
import { isText, type Lang, say, type Text } from "../kernel/words.ts";

/** What every failed request answers with (RFC 9457), in the reader's language. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** Stable; clients decide by it. */
  readonly code: string;
  readonly detail: string;
  /** The rule behind a refusal: document and article. */
  readonly source?: string;
  /** What is wrong where, by JSON pointer into the body (or the query or path, by name). */
  readonly errors: readonly { readonly pointer: string; readonly code: string; readonly detail: string }[];
  /** What may be done instead, where the refusal knows. */
  readonly offered?: readonly string[];
  /** The request's id, to quote when asking for help. */
  readonly request?: string;
}

/** The same, for the API's description and for response checks. */
export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  source: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() })),
  offered: z.array(z.string()).optional(),
  request: z.string().optional(),
});

const titles: Readonly<Record<number, Text>> = {
  400: { zh: "请求不合格式", en: "Malformed request" },
  401: { zh: "需要登录", en: "Sign-in needed" },
  403: { zh: "没有权限", en: "Not yours to do" },
  404: { zh: "没有找到", en: "Not found" },
  408: { zh: "等得太久", en: "Took too long" },
  409: { zh: "现在不能办", en: "Not offered now" },
  413: { zh: "内容太大", en: "Too large" },
  415: { zh: "不支持的内容类型", en: "Unsupported content type" },
  422: { zh: "不符合规定", en: "Against a rule" },
  429: { zh: "操作太频繁", en: "Too many requests" },
  500: { zh: "系统出错", en: "Something broke" },
  503: { zh: "系统繁忙", en: "Busy for a moment" },
  507: { zh: "磁盘已满", en: "Disk full" },
};

/** A refusal as the answer to a request. */
export function problemOf(refusal: Refusal, lang: Lang, request?: string): Problem {
  const status = statusOf(refusal);
  const errors = [refusal, ...(refusal.also ?? [])]
    .filter((one) => one.at !== undefined)
    .map((one) => ({ pointer: one.at as string, code: one.code, detail: sentence(one, lang) }));
  const offered = refusal.params["offered"];
  return {
    type: `urn:zhijia:refusal:${refusal.code}`,
    title: say(titles[status] ?? (titles[500] as Text), lang),
    status,
    code: refusal.code,
    detail: sentence(refusal, lang),
    ...(refusal.source && { source: sourceText(refusal.source, lang) }),
    errors,
    ...(Array.isArray(offered) && { offered: offered.map((one: Param) => spoken(one, lang)) }),
    ...(request !== undefined && { request }),
  };
}

/** A bug, as the answer to a request: nothing of what broke leaves the server. */
export function brokenProblem(lang: Lang, request: string): Problem {
  return {
    type: "urn:zhijia:broken",
    title: say(titles[500] as Text, lang),
    status: 500,
    code: "broken",
    detail:
      lang === "zh"
        ? `系统出错，已记录。请稍后再试；求助时请告知编号 ${request}。`
        : `Something broke on our side and was logged. Try again later; when asking for help, quote ${request}.`,
    errors: [],
    request,
  };
}

function spoken(param: Param, lang: Lang): string {
  return isText(param) ? say(param, lang) : String(param);
}

const localised = {
  zh: z.locales.zhCN().localeError,
  en: z.locales.en().localeError,
} as const satisfies Record<Lang, z.core.$ZodErrorMap>;

/** The words zod uses for what is wrong, by language. */
export function issueWords(lang: Lang): z.core.$ZodErrorMap {
  return localised[lang];
}

/**
 * What zod found wrong, as one refusal. A kernel parser's own refusal (carried in an issue's params)
 * keeps its code, status and source; the rest is `malformed`, field by field.
 */
export function refusalOfIssues(issues: readonly z.core.$ZodIssue[]): Refusal {
  // One word a place: a value of the wrong form fails every later check of it as well.
  const seen = new Set<string>();
  const all = issues
    .flatMap((issue) => flatten(issue))
    .filter((one) => !seen.has(one.at ?? "") && seen.add(one.at ?? ""))
    .slice(0, 200);
  const [first, ...rest] = all;
  if (!first) return refuse("malformed", { why: "" });
  // A request whose shape is wrong is malformed as a whole, even when one value also breaks a rule.
  const leading = all.find((one) => statusOf(one) === 400) ?? first;
  const others = [first, ...rest].filter((one) => one !== leading);
  return { ...leading, ...(others.length > 0 && { also: others }) };
}

function flatten(issue: z.core.$ZodIssue): Refusal[] {
  const at = pointer(issue.path);
  const carried = issue.code === "custom" ? issue.params?.["refusal"] : undefined;
  if (isRefusal(carried)) {
    const { also, ...alone } = carried;
    return [alone, ...(also ?? [])].map((one) => ({ ...one, at: at + (one.at ?? "") }));
  }
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) =>
      refuse("malformed", { why: issue.message }, { at: `${at}/${escaped(key)}` }),
    );
  }
  return [refuse("malformed", { why: issue.message.replace(/[。.]$/, "") }, { at })];
}

/** A path as a JSON pointer (RFC 6901). */
function pointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${escaped(String(part))}`).join("");
}

function escaped(part: string): string {
  return part.replaceAll("~", "~0").replaceAll("/", "~1");
}
