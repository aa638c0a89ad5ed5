import type { RefusalTable } from "./table.ts";

/** What any request may be refused for, before or beside its rule. */
export const httpRefusals = {
  malformed: {
    status: 400,
    zh: "请求的内容不合格式:{why}。",
    en: "The request is not in the form expected: {why}.",
  },
  "too-deep": {
    status: 400,
    zh: "请求的内容嵌套太深,最多 {max} 层。",
    en: "The request is nested too deeply; {max} levels are the most.",
  },
  "not-signed-in": { status: 401, zh: "请先登录。", en: "Please sign in first." },
  "not-yours": {
    status: 403,
    zh: "您的岗位没有这项权限,请联系本级工会主席。",
    en: "Your post does not carry this power. Please ask the chair of your union.",
  },
  "not-found": {
    status: 404,
    zh: "没有找到,或您无权查看。",
    en: "Not found, or not for you to see.",
  },
  "not-offered": {
    status: 409,
    zh: "现在不能办这一步。目前可以:{offered}。",
    en: "This step is not offered now. What is: {offered}.",
  },
  "same-id-other-content": {
    status: 409,
    zh: "这个编号已用于另一份内容。请刷新后重试。",
    en: "This id was already used for other content. Refresh and try again.",
  },
  "changed-meanwhile": {
    status: 409,
    zh: "您查看期间,这条记录已被修改。请刷新后再办。",
    en: "The record was changed while you were reading it. Refresh, then go on.",
  },
  "too-large": {
    status: 413,
    zh: "内容太大,最多 {max}。",
    en: "Too large; {max} is the most.",
  },
  "wrong-media-type": {
    status: 415,
    zh: "不支持这种内容类型:{type}。",
    en: "Content of this type is not accepted: {type}.",
  },
  "too-many": {
    status: 429,
    zh: "操作太频繁,请 {seconds} 秒后再试。",
    en: "Too many requests. Please try again in {seconds} seconds.",
  },
  unavailable: {
    status: 503,
    zh: "系统暂时繁忙,您的内容没有丢失,请稍后再试。",
    en: "The system is busy for a moment; nothing of yours is lost. Please try again shortly.",
  },
  "bad-cursor": {
    status: 400,
    zh: "翻页位置已失效,请从第一页重新查看。",
    en: "This place in the list is no longer valid. Start again from the first page.",
  },
} satisfies RefusalTable;
